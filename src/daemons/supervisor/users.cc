#include "daemons/supervisor/users.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace courier {

namespace {

std::string with_errno(const std::string& what) { return what + ": " + std::strerror(errno); }

// `owner` is applied to a folder of a role only by root.
Result<void, std::string> make_folder(const std::string& path, mode_t mode, const SystemUser* owner) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return fail(with_errno("mkdir " + path));
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0) return fail(with_errno(path));
  if (!S_ISDIR(facts.st_mode)) return fail(path + " is not a folder");
  if (owner && (facts.st_uid != owner->uid || facts.st_gid != owner->gid)) {
    if (::lchown(path.c_str(), owner->uid, owner->gid) != 0) return fail(with_errno("chown " + path));
  }
  if ((facts.st_mode & 07777) != mode && ::chmod(path.c_str(), mode) != 0) return fail(with_errno("chmod " + path));
  return {};
}

// replace_file() writes NAME.tmp.UNIQUE first.
void remove_half_written(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const bool half = entry.path().filename().string().find(".tmp.") != std::string::npos;
    if (half && entry.is_regular_file(error) && !entry.is_symlink(error)) std::filesystem::remove(entry.path(), error);
  }
}

}  // namespace

Result<SystemUser, std::string> find_user(const std::string& name) {
  errno = 0;
  const passwd* entry = ::getpwnam(name.c_str());
  if (!entry) return fail("there is no system user " + name + " (courier setup makes it)");
  if (entry->pw_uid == 0 || entry->pw_gid == 0) return fail("user " + name + " is root's other name, or in root's group");
  return SystemUser{entry->pw_uid, entry->pw_gid};
}

bool users_are_separate(const SupervisorSettings& settings) { return ::geteuid() == 0 && settings.separate_users; }

Result<SystemUser, std::string> user_of(const Role& role, const SupervisorSettings& settings) {
  if (!users_are_separate(settings)) return SystemUser{};
  return find_user(settings.*role.user);
}

bool is_reserved_uid(std::uint32_t uid, const SupervisorSettings& settings) {
  if (!users_are_separate(settings)) return false;
  if (uid == 0) return true;
  for (const Role& role : roles()) {
    if (role.sharded) continue;
    const auto user = user_of(role, settings);
    if (user && user->uid == uid) return true;
  }
  return false;
}

Result<void, std::string> prepare_folders(const SupervisorSettings& settings) {
  const bool separate = users_are_separate(settings);
  const mode_t shared = separate ? 0755 : 0700;
  for (const std::string& path : {settings.run_dir, settings.state_dir}) {
    if (auto made = make_folder(path, shared, nullptr); !made) return made;
    remove_half_written(path);
  }
  for (const Role& role : roles()) {
    const auto user = user_of(role, settings);
    if (!user) return fail(user.error());
    for (const Folder folder : role.folders) {
      if (auto made = make_folder(folder_path(folder, settings), 0700, separate ? &*user : nullptr); !made) return made;
    }
  }
  return {};
}

Result<void, std::string> prepare_cache_folder(const std::string& path, const SystemUser& owner) {
  if (::access(path.c_str(), F_OK) == 0) return {};
  return make_folder(path, 0711, owner.uid != 0 ? &owner : nullptr);
}

Result<void, std::string> prepare_own_folder(const std::string& path, const SystemUser& owner) {
  return make_folder(path, 0700, owner.uid != 0 ? &owner : nullptr);
}

}  // namespace courier
