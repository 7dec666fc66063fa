#include "tools/courier/unprivileged.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace courier::tool {

namespace fs = std::filesystem;

namespace {

std::string because(const std::string& what) { return what + ": " + std::strerror(errno); }

bool may_pass(const struct stat& status, const UnixUser& user) {
  if (status.st_uid == user.uid) return (status.st_mode & S_IXUSR) != 0;
  if (status.st_gid == user.gid) return (status.st_mode & S_IXGRP) != 0;
  return (status.st_mode & S_IXOTH) != 0;
}

}  // namespace

Result<UnixUser, std::string> find_user(const std::string& name) {
  errno = 0;
  const passwd* entry = ::getpwnam(name.c_str());
  if (entry == nullptr) return fail("there is no user " + name);
  return UnixUser{name, entry->pw_uid, entry->pw_gid};
}

std::string barrier(const std::string& path, const UnixUser& user) {
  fs::path folder;
  for (const fs::path& part : fs::absolute(path).lexically_normal()) {
    folder /= part;
    struct stat status{};
    if (::stat(folder.c_str(), &status) != 0) return {};  // not there yet: will be made
    if (S_ISDIR(status.st_mode) && !may_pass(status, user)) return folder;
  }
  return {};
}

Result<void, std::string> give_folder(const std::string& folder, const UnixUser& user) {
  if (::lchown(folder.c_str(), user.uid, user.gid) != 0) return fail(because(folder));
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (::lchown(entry->path().c_str(), user.uid, user.gid) != 0) return fail(because(entry->path().string()));
  }
  if (error) return fail(folder + ": " + error.message());
  return {};
}

Result<void, std::string> become(const UnixUser& user) {
  if (::setgroups(0, nullptr) != 0 || ::setgid(user.gid) != 0 || ::setuid(user.uid) != 0)
    return fail(because("becoming user " + user.name));
  return {};
}

}  // namespace courier::tool
