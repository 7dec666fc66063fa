#include "runtime/linux/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/descriptor.h"

namespace courier::landlock {

namespace {

// The kernel's ABI (include/uapi/linux/landlock.h); the newest fields come last and a prefix may be passed.
struct RulesetAttribute {
  std::uint64_t handled_fs = 0;
  std::uint64_t handled_net = 0;  // from version 4
  std::uint64_t scoped = 0;       // from version 6
};
struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed = 0;
  std::int32_t parent = -1;
};
constexpr unsigned create_version = 1;
constexpr int rule_path_beneath = 1;

constexpr std::uint64_t fs_execute = 1 << 0;
constexpr std::uint64_t fs_write_file = 1 << 1;
constexpr std::uint64_t fs_read_file = 1 << 2;
constexpr std::uint64_t fs_read_dir = 1 << 3;
constexpr std::uint64_t fs_version_1 = (1 << 13) - 1;
constexpr std::uint64_t fs_refer = 1 << 13;      // version 2
constexpr std::uint64_t fs_truncate = 1 << 14;   // version 3
constexpr std::uint64_t fs_ioctl_dev = 1 << 15;  // version 5
constexpr std::uint64_t fs_make_char = 1 << 6, fs_make_block = 1 << 11;
constexpr std::uint64_t net_bind_tcp = 1 << 0, net_connect_tcp = 1 << 1;        // version 4
constexpr std::uint64_t scope_abstract_unix = 1 << 0, scope_signal = 1 << 1;    // version 6

std::uint64_t known_fs(int version) {
  std::uint64_t rights = fs_version_1;
  if (version >= 2) rights |= fs_refer;
  if (version >= 3) rights |= fs_truncate;
  if (version >= 5) rights |= fs_ioctl_dev;
  return rights;
}

std::string with_errno(const std::string& what) { return what + ": " + std::strerror(errno); }

Result<void, std::string> allow(int ruleset, const std::string& path, std::uint64_t rights) {
  const Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat facts{};
  if (!place || ::fstat(place.get(), &facts) != 0) return fail(with_errno("sandbox: " + path));
  // Rights over what lies in a folder make no sense for a file and are refused.
  if (!S_ISDIR(facts.st_mode)) rights &= fs_execute | fs_write_file | fs_read_file | fs_truncate | fs_ioctl_dev;
  const PathBeneath rule{rights, place.get()};
  if (::syscall(SYS_landlock_add_rule, ruleset, rule_path_beneath, &rule, 0) != 0) return fail(with_errno("landlock rule for " + path));
  return {};
}

}  // namespace

int version() {
  const long found = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, create_version);
  return found > 0 ? static_cast<int>(found) : 0;
}

Result<void, std::string> restrict_self(const SandboxRules& rules, SandboxReport& report) {
  const int speaks = version();
  if (speaks == 0) {
    report.missing.emplace_back("Landlock (files are kept apart by user and group only)");
    return {};
  }
  const std::uint64_t known = known_fs(speaks);
  RulesetAttribute attribute{.handled_fs = known};
  std::size_t size = sizeof attribute.handled_fs;
  if (speaks >= 4) {
    size = offsetof(RulesetAttribute, scoped);
    if (!rules.network_out) attribute.handled_net = net_bind_tcp | net_connect_tcp;
  }
  if (speaks >= 6) {
    size = sizeof attribute;
    attribute.scoped = scope_abstract_unix | scope_signal;
  }
  const Descriptor ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attribute, size, 0)));
  if (!ruleset) return fail(with_errno("landlock ruleset"));

  const std::uint64_t read = fs_read_file | fs_read_dir | (rules.allow_exec ? fs_execute : 0);
  const std::uint64_t write = known & ~(fs_execute | fs_make_char | fs_make_block | fs_ioctl_dev);
  for (const std::string& folder : rules.readable) {
    if (auto done = allow(ruleset.get(), folder, read); !done) return done;
  }
  for (const std::string& folder : rules.writable) {
    if (auto done = allow(ruleset.get(), folder, write); !done) return done;
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return fail(with_errno("landlock"));
  return {};
}

}  // namespace courier::landlock
