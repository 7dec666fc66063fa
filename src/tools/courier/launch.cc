#include "tools/courier/launch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <cerrno>
#include <cstring>

#include "tools/courier/control_client.h"
#include "tools/courier/output.h"

namespace courier::tool {

namespace {

constexpr int kReadyWithinMs = 60'000;
constexpr int kStepMs = 10;

volatile sig_atomic_t supervisor_pid = 0;

void hand_over(int) {
  if (supervisor_pid != 0) (void)::kill(supervisor_pid, SIGTERM);
}

// Between fork and exec: only system calls.
[[noreturn]] void become_courierd(const Launch& what, char* const* arguments, pid_t parent) {
  if (what.log.empty()) {
#ifdef __linux__
    (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    if (::getppid() != parent) ::_exit(EX_OSERR);
  } else {
    (void)::setsid();
    const int log = ::open(what.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (log < 0 || null < 0 || ::dup2(null, 0) < 0 || ::dup2(log, 1) < 0 || ::dup2(log, 2) < 0) ::_exit(EX_CANTCREAT);
  }
  ::execv(arguments[0], arguments);
  ::_exit(EX_OSFILE);
}

std::string end_of(int status) {
  if (WIFSIGNALED(status)) return std::string("courierd was ended by signal ") + ::strsignal(WTERMSIG(status));
  return "courierd ended with status " + std::to_string(WEXITSTATUS(status));
}

std::string status_of(const std::string& control) {
  auto client = ControlClient::connect(control);
  return client ? client->ask("status", {}).json : std::string();
}

bool serves(const std::string& status) { return status.find("\"serving\":true") != std::string::npos; }

}  // namespace

Result<pid_t, std::string> launch(const Launch& what) {
  std::string program = what.program;
  std::string option = "--config";
  std::string config = what.config;
  char* const arguments[] = {program.data(), option.data(), config.data(), nullptr};
  if (::access(program.c_str(), X_OK) != 0) return fail(program + ": " + std::strerror(errno));
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return fail(std::string("fork: ") + std::strerror(errno));
  if (pid == 0) become_courierd(what, arguments, parent);
  supervisor_pid = pid;
  struct sigaction action{};
  action.sa_handler = hand_over;
  (void)::sigaction(SIGINT, &action, nullptr);
  (void)::sigaction(SIGTERM, &action, nullptr);
  for (int waited = 0; waited < kReadyWithinMs; waited += kStepMs) {
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) == pid) return fail(end_of(status));
    if (serves(status_of(what.control))) return pid;
    (void)::usleep(kStepMs * 1000);
  }
  const std::string last = render(status_of(what.control), {});
  (void)::kill(pid, SIGTERM);
  (void)::waitpid(pid, nullptr, 0);
  return fail("not every process served within a minute\n" + last);
}

int accompany(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  supervisor_pid = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

}  // namespace courier::tool
