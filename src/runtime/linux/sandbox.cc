#include "runtime/sandbox.h"

#include <dirent.h>

#include <memory>

#include "runtime/linux/landlock.h"
#include "runtime/linux/seccomp.h"
#include "runtime/platform.h"

namespace courier {

namespace {

int count_threads() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/task"), ::closedir);
  int count = 0;
  while (folder) {
    const dirent* entry = ::readdir(folder.get());
    if (!entry) break;
    if (entry->d_name[0] != '.') ++count;
  }
  return count;
}

}  // namespace

Result<SandboxReport, std::string> close_sandbox(const SandboxRules& rules) {
  SandboxReport report;
  if (auto done = platform::refuse_new_privileges(); !done) return fail(done.error());
  // Landlock holds the calling thread and those it starts. A library's thread from before stays outside of it, inside
  // of seccomp and of its user's rights.
  if (const int others = count_threads() - 1; others > 0) {
    report.missing.push_back("Landlock for " + std::to_string(others) + " threads that already run");
  }
  if (auto done = landlock::restrict_self(rules, report); !done) return fail(done.error());
  if (auto done = seccomp::load_filter(rules); !done) return fail(done.error());
  return report;
}

}  // namespace courier
