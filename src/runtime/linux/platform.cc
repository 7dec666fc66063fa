#include "runtime/platform.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
namespace {
bool tracing_is_refused = false;
}
// LeakSanitizer asks this at exit. It works by tracing the process.
extern "C" int __lsan_is_turned_off() { return tracing_is_refused ? 1 : 0; }  // NOLINT: the name is LeakSanitizer's
#define COURIER_TRACING_REFUSED() (tracing_is_refused = true)
#endif
#endif
#ifndef COURIER_TRACING_REFUSED
#define COURIER_TRACING_REFUSED() void(0)
#endif

namespace courier::platform {

Result<void, std::string> refuse_tracing() {
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return fail(std::string("PR_SET_DUMPABLE: ") + std::strerror(errno));
  COURIER_TRACING_REFUSED();
  return {};
}

Result<void, std::string> refuse_new_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(std::string("PR_SET_NO_NEW_PRIVS: ") + std::strerror(errno));
  return {};
}

Descriptor exit_watch(int pid) { return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

}  // namespace courier::platform
