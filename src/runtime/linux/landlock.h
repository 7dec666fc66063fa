// Landlock through its system calls: Debian's libc has no wrappers, and its kernel headers lag behind running kernels.
#pragma once

#include <string>

#include "base/result.h"
#include "runtime/sandbox.h"

namespace courier::landlock {

// Which version of Landlock this kernel speaks; 0: none.
[[nodiscard]] int version();

// Restricts the calling thread and all it will start. Needs PR_SET_NO_NEW_PRIVS. What this version cannot do is added
// to `report.missing`.
[[nodiscard]] Result<void, std::string> restrict_self(const SandboxRules& rules, SandboxReport& report);

}  // namespace courier::landlock
