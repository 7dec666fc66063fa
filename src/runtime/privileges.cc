// drop_privileges: the part that POSIX knows; the rest is runtime/platform.h.
#include "runtime/sandbox.h"

#include <grp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/platform.h"

namespace courier {

namespace {

std::string with_errno(const std::string& what) { return what + ": " + std::strerror(errno); }

Result<void, std::string> become(uid_t uid, gid_t gid) {
  if (::geteuid() != 0) {
    if (uid == ::geteuid() && gid == ::getegid()) return {};
    return fail("cannot become user " + std::to_string(uid) + ": not root");
  }
  if (uid == 0) return fail(std::string("user 0 is not a user to become"));
  if (::setgroups(0, nullptr) != 0) return fail(with_errno("setgroups"));
  if (::setgid(gid) != 0) return fail(with_errno("setgid " + std::to_string(gid)));
  if (::setuid(uid) != 0) return fail(with_errno("setuid " + std::to_string(uid)));
  // There is no way back: neither the saved ids nor the effective ones may be root's.
  if (::setuid(0) == 0 || ::seteuid(0) == 0 || (gid != 0 && (::setgid(0) == 0 || ::setegid(0) == 0))) {
    return fail(std::string("privileges could be taken back"));
  }
  if (::getuid() != uid || ::geteuid() != uid || ::getgid() != gid || ::getegid() != gid || ::getgroups(0, nullptr) != 0) {
    return fail(std::string("privileges were not given up entirely"));
  }
  return {};
}

template <class Resource>
Result<void, std::string> limit(Resource resource, const char* name, std::uint64_t value) {
  rlimit now{};
  ::getrlimit(resource, &now);
  const rlim_t wanted = now.rlim_max == RLIM_INFINITY || value < now.rlim_max ? value : now.rlim_max;
  const rlimit next{wanted, wanted};
  if (::setrlimit(resource, &next) != 0) return fail(with_errno(name));
  return {};
}

// Sanitizers reserve terabytes for their shadow memory.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool limits_memory = false;
#else
constexpr bool limits_memory = true;
#endif
#else
constexpr bool limits_memory = true;
#endif

}  // namespace

Result<void, std::string> drop_privileges(const Privileges& p) {
  if (auto done = limit(RLIMIT_CORE, "RLIMIT_CORE", 0); !done) return done;
  if (p.max_descriptors != 0) {
    if (auto done = limit(RLIMIT_NOFILE, "RLIMIT_NOFILE", p.max_descriptors); !done) return done;
  }
  // RLIMIT_DATA counts memory that can be written and is ours alone; address space that is only reserved stays out.
  if (p.max_memory != 0 && limits_memory) {
    if (auto done = limit(RLIMIT_DATA, "RLIMIT_DATA", p.max_memory); !done) return done;
  }
  if (p.uid != 0 || p.gid != 0) {
    if (auto done = become(p.uid, p.gid); !done) return done;
  }
  if (auto done = platform::refuse_tracing(); !done) return done;
  return platform::refuse_new_privileges();
}

}  // namespace courier
