#include "runtime/sandbox.h"

#include <dirent.h>
#include <sys/prctl.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "runtime/linux/landlock.h"
#include "runtime/linux/seccomp.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
namespace {
bool sandbox_is_closed = false;
}
// LeakSanitizer asks this at exit. It works by tracing the process, which a closed sandbox forbids.
extern "C" int __lsan_is_turned_off() { return sandbox_is_closed ? 1 : 0; }  // NOLINT: the name is LeakSanitizer's
#define COURIER_SANDBOX_CLOSED() (sandbox_is_closed = true)
#endif
#endif
#ifndef COURIER_SANDBOX_CLOSED
#define COURIER_SANDBOX_CLOSED() void(0)
#endif

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
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(std::string("PR_SET_NO_NEW_PRIVS: ") + std::strerror(errno));
  // Landlock holds the calling thread and those it starts. A library's thread from before stays outside of it, inside
  // of seccomp and of its user's rights.
  if (const int others = count_threads() - 1; others > 0) {
    report.missing.push_back("Landlock for " + std::to_string(others) + " threads that already run");
  }
  if (auto done = landlock::restrict_self(rules, report); !done) return fail(done.error());
  if (auto done = seccomp::load_filter(rules); !done) return fail(done.error());
  COURIER_SANDBOX_CLOSED();
  return report;
}

}  // namespace courier
