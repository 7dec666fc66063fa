#include "runtime/platform.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace courier::platform {

Result<void, std::string> refuse_new_privileges() { return {}; }

Result<void, std::string> refuse_tracing() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return fail(std::string("RLIMIT_CORE: ") + std::strerror(errno));
  return {};
}

// A thread waits for the process, leaves it to be reaped, and closes its end of a pipe.
Descriptor exit_watch(int pid) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  std::thread([pid, end = ends[1]] {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {}
    ::close(end);
  }).detach();
  return Descriptor(ends[0]);
}

const bool accepted_have_no_delay = false;

// The system acknowledges when it likes.
void acknowledge_now(int) {}

Descriptor open_unnamed(const char*) {
  errno = EOPNOTSUPP;
  return {};
}
int link_unnamed(int, const char*) {
  errno = EOPNOTSUPP;
  return -1;
}

// sync(2) says neither when it is done nor what failed.
bool can_sync_volume(int) { return false; }
int sync_volume(int) {
  errno = ENOTSUP;
  return -1;
}

// What start-up used stays until the system needs it.
void give_back_memory() {}

}  // namespace courier::platform
