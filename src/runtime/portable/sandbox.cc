// Where there is neither seccomp nor Landlock: what keeps processes apart are their users, groups and limits.
#include "runtime/sandbox.h"

namespace courier {

Result<SandboxReport, std::string> close_sandbox(const SandboxRules&) {
  return SandboxReport{{"a filter of system calls", "restriction to folders (files are kept apart by user and group only)"}};
}

}  // namespace courier
