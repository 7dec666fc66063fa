#include "runtime/platform.h"

#include <link.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>

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

namespace {

// Segments that nobody may write are as they lie in the file: position-independent code has no relocations there.
int give_back_segments(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (const auto& segment : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const std::uintptr_t end = (object->dlpi_addr + segment.p_vaddr + segment.p_memsz + page - 1) & ~(page - 1);
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void give_back_memory() {
#ifdef __GLIBC__
  (void)::malloc_trim(0);
#endif
  ::dl_iterate_phdr(give_back_segments, nullptr);
}

void acknowledge_now(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

}  // namespace courier::platform
