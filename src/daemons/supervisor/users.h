// System users by name, and the folders of an instance with their owners.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "daemons/supervisor/roles.h"

namespace courier {

struct SystemUser {
  std::uint32_t uid = 0, gid = 0;
  bool operator==(const SystemUser&) const = default;
};
// The error says what to do about it.
[[nodiscard]] Result<SystemUser, std::string> find_user(const std::string& name);

// True when each role runs as a user of its own: we are root, and the settings do not say otherwise.
[[nodiscard]] bool users_are_separate(const SupervisorSettings& settings);
// Whom the role runs as; {0, 0} (stay who we are) where users are not separate.
[[nodiscard]] Result<SystemUser, std::string> user_of(const Role& role, const SupervisorSettings& settings);
// True when the uid belongs to one of our roles, or is root's: no account may have it.
[[nodiscard]] bool is_reserved_uid(std::uint32_t uid, const SupervisorSettings& settings);

// Makes run_dir, state_dir, spool_dir, mail_dir and what roles own below them, with their owners and modes, and removes
// what an instance that was killed left behind: half-written files. Blocks; for the start.
[[nodiscard]] Result<void, std::string> prepare_folders(const SupervisorSettings& settings);
// The folder for caches, where there is none yet: its owner ({0, 0}: we) writes in it, others pass through it to their own.
[[nodiscard]] Result<void, std::string> prepare_cache_folder(const std::string& path, const SystemUser& owner);
// One below it, where only `owner` enters. What is there must be a folder, and becomes theirs.
[[nodiscard]] Result<void, std::string> prepare_own_folder(const std::string& path, const SystemUser& owner);

}  // namespace courier
