// Giving up privileges: user and group, dumpability, seccomp deny-list, Landlock. The Linux part lies in runtime/linux,
// its portable counterpart (which does what POSIX can) in runtime/portable.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace courier {

struct Privileges {
  std::uint32_t uid = 0, gid = 0;  // both 0: stay who we are
  std::uint64_t max_descriptors = 0, max_memory = 0;  // rlimits; 0: leave
};
// setgroups, setgid, setuid (checked that there is no way back), rlimits, no core dumps, non-dumpable, no new privileges.
[[nodiscard]] Result<void, std::string> drop_privileges(const Privileges& privileges);

struct SandboxRules {
  std::vector<std::string> writable = {};  // folders, with everything below, or single files
  std::vector<std::string> readable = {};
  bool network_out = false;           // connect() to IP addresses
  bool allow_exec = false;            // never for our daemons; for tests
};
// After this the process cannot start programs, trace others, load modules, mount, change identity, or reach files
// outside the folders. What the kernel lacks (Landlock before 5.13) is left out and named in `missing`.
struct SandboxReport {
  std::vector<std::string> missing = {};
};
[[nodiscard]] Result<SandboxReport, std::string> close_sandbox(const SandboxRules& rules);

}  // namespace courier
