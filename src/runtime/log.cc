#include "runtime/log.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <iterator>
#include <mutex>
#include <thread>

#include "runtime/log_line.h"

namespace courier {

const char* to_string(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Notice: return "notice";
    case LogLevel::Warning: return "warning";
    case LogLevel::Error: return "error";
  }
  return "unknown";
}

// Twenty characters hold every number of 64 bits with its sign.
LogField::LogField(std::string_view k, std::int64_t v) : key(k), value(digits_, std::to_chars(digits_, std::end(digits_), v).ptr) {}
LogField::LogField(std::string_view k, std::uint64_t v) : key(k), value(digits_, std::to_chars(digits_, std::end(digits_), v).ptr) {}

namespace {

WallTime wall_clock() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return {static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000};
}

Descriptor open_file(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
}

// Connected now, because later a sandbox forbids it.
Descriptor open_journal() {
  Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, "/run/systemd/journal/socket", sizeof address.sun_path - 1);
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return socket;
}

constexpr std::size_t kMostHeld = 64 * 1024;

// Lines go out whole, one or several with a write, which the kernel keeps together, so that threads and processes may share the file.
class DescriptorLog final : public Log {
 public:
  DescriptorLog(LogSettings settings, std::string process, Descriptor out)
      : settings_(std::move(settings)), process_(std::move(process)), pid_(::getpid()), out_(std::move(out)) {}
  ~DescriptorLog() override {
    if (loop_) loop_->cancel_timer(timer_);
    write_held();
  }

  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    if (level < settings_.level) return;
    const LogEvent e{wall_clock(), level, process_, pid_, event, fields};
    if (settings_.target == LogSettings::Target::Journald) {
      send_whole(log_journal(e));
    } else {
      put(level, settings_.format == LogSettings::Format::Json ? log_json(e) : log_text(e));
    }
  }
  void gather(Loop& loop, Duration longest) override {
    loop_ = &loop;
    longest_ = longest;
    gathering_thread_ = std::this_thread::get_id();
  }
  void reopen() override {
    if (settings_.target == LogSettings::Target::File && !settings_.file.empty()) replace_file(open_file(settings_.file));
  }
  // dup3 puts the new file under the old number at once: a thread that writes now hits the one or the other.
  void replace_file(Descriptor file) override {
    if (file) ::dup3(file.get(), out_.get(), O_CLOEXEC);
  }

 private:
  void put(LogLevel level, std::string_view line) {
    const bool may_wait = level < LogLevel::Warning && loop_ && std::this_thread::get_id() == gathering_thread_;
    const std::lock_guard lock(mutex_);
    held_ += line;
    if (!may_wait || held_.size() >= kMostHeld) return write_held();
    if (timer_.number != 0) return;
    timer_ = loop_->add_timer(loop_->now() + longest_, [this] {
      const std::lock_guard lock_again(mutex_);
      timer_ = {};
      write_held();
    });
  }
  void write_held() {
    write_whole(held_);
    held_.clear();
  }

  // A log that cannot be written has nobody to tell; the process goes on.
  void write_whole(std::string_view line) const {
    while (!line.empty()) {
      const ssize_t n = ::write(out_.get(), line.data(), line.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return;
      line.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void send_whole(std::string_view datagram) const { (void)::send(out_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL); }

  const LogSettings settings_;
  const std::string process_;
  const int pid_;
  const Descriptor out_;
  Loop* loop_ = nullptr;
  Duration longest_{};
  std::thread::id gathering_thread_;
  std::mutex mutex_;
  std::string held_;
  TimerId timer_;  // the gathering thread's
};

class NoLog final : public Log {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
  void reopen() override {}
};

Descriptor duplicate(int descriptor) { return Descriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3)); }

}  // namespace

std::unique_ptr<Log> make_log(const LogSettings& settings, std::string process) {
  LogSettings used = settings;
  Descriptor out;
  if (settings.target == LogSettings::Target::File) out = open_file(settings.file);
  if (settings.target == LogSettings::Target::Journald) out = open_journal();
  if (!out) {
    // What was asked for is not there: better on standard error than nowhere.
    used.target = LogSettings::Target::Stderr;
    out = duplicate(STDERR_FILENO);
  }
  return std::make_unique<DescriptorLog>(std::move(used), std::move(process), std::move(out));
}

std::unique_ptr<Log> make_log(const LogSettings& settings, std::string process, int descriptor) {
  LogSettings used = settings;
  used.target = LogSettings::Target::File;
  used.file.clear();
  return std::make_unique<DescriptorLog>(std::move(used), std::move(process), duplicate(descriptor));
}

Log& no_log() {
  static NoLog log;
  return log;
}

}  // namespace courier
