// Becoming an ordinary user: a sandbox that root starts runs as one.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace courier::tool {

struct UnixUser {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};
[[nodiscard]] Result<UnixUser, std::string> find_user(const std::string& name);

// The first folder on the way to `path` that neither owner nor group of `user` nor others may pass; empty: all may be passed.
[[nodiscard]] std::string barrier(const std::string& path, const UnixUser& user);

// Gives a folder and all below it to the user; links are not followed.
[[nodiscard]] Result<void, std::string> give_folder(const std::string& folder, const UnixUser& user);

// For good: groups, gid and uid of this process.
[[nodiscard]] Result<void, std::string> become(const UnixUser& user);

}  // namespace courier::tool
