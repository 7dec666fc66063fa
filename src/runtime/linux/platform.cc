#include "runtime/platform.h"

#include <fcntl.h>
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
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
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

Descriptor open_unnamed(const char* directory) { return Descriptor(::open(directory, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600)); }

// By the descriptor itself since Linux 6.10, before by its place in /proc.
int link_unnamed(int file, const char* path) {
  if (::linkat(file, "", AT_FDCWD, path, AT_EMPTY_PATH) == 0) return 0;
  if (errno != ENOENT && errno != EPERM) return -1;
  const std::string self = "/proc/self/fd/" + std::to_string(file);
  return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

namespace {

// syncfs(2): before 5.8 it did not return the errors of writing back.
bool syncfs_tells_errors() {
  utsname system{};
  unsigned major = 0, minor = 0;
  if (::uname(&system) != 0 || std::sscanf(system.release, "%u.%u", &major, &minor) != 2) return false;
  return major > 5 || (major == 5 && minor >= 8);
}

}  // namespace

// Those that keep errors where syncfs() looks. An overlay does not pass on what happened below it; of others we do not know.
bool can_sync_volume(int inside) {
  static const bool tells = syncfs_tells_errors();
  struct statfs s{};
  if (!tells || ::fstatfs(inside, &s) != 0) return false;
  switch (static_cast<unsigned long>(s.f_type)) {
    case 0xEF53:      // ext4
    case 0x58465342:  // XFS
    case 0x9123683E:  // btrfs
      return true;
    default: return false;
  }
}

// ext4 without a journal empties the disk's cache before it writes the blocks of directories and inodes, so that one file's fsync
// has to follow. Elsewhere that one finds nothing to do.
int sync_volume(int inside) {
  if (::syncfs(inside) != 0) return -1;
  return ::fsync(inside);
}

const bool accepted_have_no_delay = true;

void acknowledge_now(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

}  // namespace courier::platform
