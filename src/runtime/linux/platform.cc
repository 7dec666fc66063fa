#include "runtime/platform.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace courier::platform {

Result<void, std::string> refuse_tracing_and_new_privileges() {
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return fail(std::string("PR_SET_DUMPABLE: ") + std::strerror(errno));
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(std::string("PR_SET_NO_NEW_PRIVS: ") + std::strerror(errno));
  return {};
}

Descriptor exit_watch(int pid) { return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

}  // namespace courier::platform
