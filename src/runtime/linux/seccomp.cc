#include "runtime/linux/seccomp.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace courier::seccomp {

namespace {

constexpr const char* start_programs[] = {"execve", "execveat"};

constexpr const char* never[] = {
    // Other processes.
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd", "pidfd_send_signal", "kill", "tkill",
    "rt_sigqueueinfo", "rt_tgsigqueueinfo",
    // Who we are.
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset", "personality",
    // What the file system looks like.
    "mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick",
    "mount_setattr", "mknod", "mknodat", "name_to_handle_at", "open_by_handle_at", "fanotify_init", "quotactl", "quotactl_fd", "swapon",
    "swapoff", "acct",
    // Namespaces.
    "setns", "unshare",
    // The kernel and the machine.
    "init_module", "finit_module", "create_module", "delete_module", "kexec_load", "kexec_file_load", "bpf", "perf_event_open",
    "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl", "add_key", "request_key", "reboot", "syslog",
    "sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_settime64", "stime", "adjtimex", "clock_adjtime",
    "clock_adjtime64", "iopl", "ioperm", "modify_ldt", "lookup_dcookie", "nfsservctl", "vm86", "vm86old", "uselib", "ustat", "sysfs",
    "_sysctl", "vhangup",
    // We are handed every socket that listens.
    "listen"};

constexpr const char* reach_out[] = {"connect", "bind"};

constexpr unsigned long new_namespaces[] = {CLONE_NEWNS,  CLONE_NEWUTS, CLONE_NEWIPC,   CLONE_NEWUSER,
                                            CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP};

constexpr int useful_families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ALLOW)) { status_ = context_ ? 0 : -ENOMEM; }

  void deny(const char* name, int error = EPERM) { deny_if(name, error, {}); }
  void deny_if(const char* name, int error, std::initializer_list<scmp_arg_cmp> conditions) {
    if (status_ != 0) return;
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) return;  // this library is older than the call
    const int added = seccomp_rule_add_array(context_.get(), SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), number,
                                             static_cast<unsigned>(conditions.size()), conditions.begin());
    // A call that this architecture does not have needs no rule.
    if (added != 0 && added != -EDOM) fault(added, name);
  }
  Result<void, std::string> load() {
    if (status_ == 0) {
      if (const int set = seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1); set != 0) fault(set, "all threads");
    }
    if (status_ == 0) {
      if (const int set = seccomp_load(context_.get()); set != 0) fault(set, "load");
    }
    if (status_ != 0) return fail("seccomp: " + where_ + ": " + std::strerror(-status_));
    return {};
  }

 private:
  void fault(int status, const char* where) {
    status_ = status;
    where_ = where;
  }
  std::unique_ptr<void, Release> context_;
  int status_ = 0;
  std::string where_ = "init";
};

void deny_sockets(Filter& filter, const SandboxRules& rules) {
  if (rules.network_out) {
    for (int family = 0; family <= AF_NETLINK; ++family) {
      bool useful = false;
      for (const int f : useful_families) useful = useful || f == family;
      if (!useful) filter.deny_if("socket", EPERM, {scmp_arg_cmp{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(family), 0}});
    }
    filter.deny_if("socket", EPERM, {scmp_arg_cmp{0, SCMP_CMP_GT, AF_NETLINK, 0}});
  } else {
    for (const char* name : reach_out) filter.deny(name);
    // Unix sockets stay possible: pairs come from socketpair(), and without connect() the others lead nowhere.
    filter.deny_if("socket", EPERM, {scmp_arg_cmp{0, SCMP_CMP_NE, AF_UNIX, 0}});
  }
}

}  // namespace

Result<void, std::string> load_filter(const SandboxRules& rules) {
  Filter filter;
  if (!rules.allow_exec) {
    for (const char* name : start_programs) filter.deny(name);
  }
  for (const char* name : never) filter.deny(name);
  filter.deny("clone3", ENOSYS);
  for (const unsigned long flag : new_namespaces) filter.deny_if("clone", EPERM, {scmp_arg_cmp{0, SCMP_CMP_MASKED_EQ, flag, flag}});
  filter.deny_if("ioctl", EPERM, {scmp_arg_cmp{1, SCMP_CMP_MASKED_EQ, 0xffffffffu, TIOCSTI}});
  deny_sockets(filter, rules);
  return filter.load();
}

}  // namespace courier::seccomp
