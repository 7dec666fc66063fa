#include "runtime/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "runtime/platform.h"

namespace courier {

namespace {

class RunningProcess final : public ChildProcess {
 public:
  RunningProcess(Loop& loop, int pid, Descriptor exit_watch)
      : pid_(pid), exit_watch_(std::move(exit_watch)), watch_(loop.watch(exit_watch_.get())) {}
  ~RunningProcess() override {
    if (status_) return;
    ::kill(pid_, SIGKILL);
    reap();
  }
  [[nodiscard]] int pid() const override { return pid_; }
  Task<ExitStatus> wait() override {
    if (!status_) {
      co_await watch_->wait(Direction::Read, Deadline::never());
      reap();
    }
    co_return *status_;
  }
  void kill(int signal) override {
    if (!status_) ::kill(pid_, signal);
  }

 private:
  void reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    const bool killed = WIFSIGNALED(status);
    status_ = ExitStatus{killed, killed ? WTERMSIG(status) : WEXITSTATUS(status)};
  }

  const int pid_;
  Descriptor exit_watch_;
  std::unique_ptr<Watch> watch_;
  std::optional<ExitStatus> status_;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// --- between fork and exec: nothing that allocates or locks ---

void reset_signals() {
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// `spare`: numbers from there on are in nobody's way. The report's descriptor comes right behind those passed.
bool place_descriptors(const int* passed, int count, int report, int* moved, int spare) {
  for (int i = 0; i < count; ++i) {
    if ((moved[i] = ::fcntl(passed[i], F_DUPFD, spare)) < 0) return false;
  }
  const int high_report = ::fcntl(report, F_DUPFD, spare);
  if (high_report < 0) return false;
  for (int i = 0; i < count; ++i) {
    if (::dup2(moved[i], 3 + i) < 0) return false;
  }
  if (::dup2(high_report, 3 + count) < 0 || ::fcntl(3 + count, F_SETFD, FD_CLOEXEC) < 0) return false;
  const int null = ::open("/dev/null", O_RDONLY);
  if (null < 0 || ::dup2(null, 0) < 0) return false;
  ::closefrom(4 + count);
  return true;
}

struct Prepared {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const int* passed;
  int count;
  int* moved;
};

[[noreturn]] void become_program(const Prepared& p, int report) {
  reset_signals();
  ::setpgid(0, 0);
  int reports_at = report;
  if (place_descriptors(p.passed, p.count, report, p.moved, 3 + p.count + 2)) {
    reports_at = 3 + p.count;
    ::execve(p.program, p.arguments, p.environment);
  }
  const int why = errno;
  (void)!::write(reports_at, &why, sizeof why);
  ::_exit(127);
}

}  // namespace

std::string to_string(const ExitStatus& status) {
  if (!status.killed) return "exit status " + std::to_string(status.number);
  return "signal " + std::to_string(status.number) + " (" + ::strsignal(status.number) + ")";
}

Result<std::unique_ptr<ChildProcess>, std::string> start_program(Loop& loop, const ProgramStart& start) {
  std::vector<std::string> argument_texts{start.program};
  argument_texts.insert(argument_texts.end(), start.arguments.begin(), start.arguments.end());
  const std::vector<char*> arguments = pointers(argument_texts);
  const std::vector<char*> environment = pointers(start.environment);
  std::vector<int> moved(start.descriptors.size());
  const Prepared prepared{
      start.program.c_str(), arguments.data(), environment.data(), start.descriptors.data(), static_cast<int>(start.descriptors.size()),
      moved.data()};
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(std::string("pipe: ") + std::strerror(errno));
  const Descriptor read_end(ends[0]);
  Descriptor write_end(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return fail(std::string("fork: ") + std::strerror(errno));
  if (pid == 0) become_program(prepared, write_end.get());
  write_end.reset();

  // The pipe closes without a word when the program has taken over.
  int why = 0;
  ssize_t told = 0;
  while ((told = ::read(read_end.get(), &why, sizeof why)) < 0 && errno == EINTR) {}
  if (told == sizeof why) {
    ::waitpid(pid, nullptr, 0);
    return fail(start.program + ": " + std::strerror(why));
  }
  Descriptor exit_watch = platform::exit_watch(pid);
  if (!exit_watch) {
    const std::string text = std::string("watching a process: ") + std::strerror(errno);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return fail(text);
  }
  return std::make_unique<RunningProcess>(loop, pid, std::move(exit_watch));
}

}  // namespace courier
