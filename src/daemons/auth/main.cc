#include <cstdlib>  // tells whose C library it is
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "daemons/auth/daemon.h"

int main() {
#ifdef __GLIBC__
  // The memory of a password hash goes back when the hash is done, whichever thread made it: the threads have no arenas of their own,
  // and what is large never lies in one.
  (void)::mallopt(M_ARENA_MAX, 1);
  (void)::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
#endif
  return courier::run_daemon([](courier::DaemonContext& context) { return std::make_unique<courier::auth::Auth>(context); });
}
