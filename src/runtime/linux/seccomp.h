// The seccomp filter of our daemons: a deny-list, because libraries and their updates use system calls that we cannot
// foresee, while what an intruder needs to go further is known.
#pragma once

#include <string>

#include "base/result.h"
#include "runtime/sandbox.h"

namespace courier::seccomp {

// Loads the filter for all threads of the process. A denied call fails with EPERM (clone3 with ENOSYS, so that the C
// library falls back to clone, whose flags a filter can see).
[[nodiscard]] Result<void, std::string> load_filter(const SandboxRules& rules);

}  // namespace courier::seccomp
