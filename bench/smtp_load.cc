// smtp_load: sends COUNT messages over SESSIONS parallel connections and prints one line of JSON.
//   smtp_load --port P [--count 5000] [--sessions 10] [--size 4096] [--users 100] [--to user%d@example.test]
//             [--from sender@load.test] [--per-connection 1]
// Recipient %d goes round from 1 to USERS. One thread serves all sessions, so that it takes little of the machine that is measured.
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "client.h"

namespace {

constexpr int patience_ms = 60'000;

std::string message(int size) {
  std::string text =
      "From: sender@load.test\r\nTo: undisclosed-recipients:;\r\nSubject: load\r\n"
      "Date: Mon, 05 Jan 2026 10:00:00 +0000\r\nMessage-ID: <load@load.test>\r\n\r\n";
  while (static_cast<int>(text.size()) + 66 <= size) text += std::string(64, 'x') + "\r\n";
  if (const int rest = size - static_cast<int>(text.size()); rest > 2)
    text += std::string(static_cast<std::size_t>(rest - 2), 'y') + "\r\n";
  return text + ".\r\n";
}

struct Plan {
  explicit Plan(const bench::Options& options)
      : port(options.number("port", 10025)),
        count(options.number("count", 5000)),
        users(options.number("users", 100)),
        per_connection(options.number("per-connection", 1)),
        to(options.text("to", "user%d@example.test")),
        from(options.text("from", "sender@load.test")),
        text(message(options.number("size", 4096))) {}
  int port, count, users, per_connection;
  std::string to, from, text;

  int next = 0, accepted = 0, failed = 0;
  std::vector<double> latencies;
  std::string first_error;
};

// One connection after another, each with its messages. Every reply asks for the next step.
class Session {
 public:
  Session(Plan& plan, int epoll) : plan_(plan), epoll_(epoll) {}
  ~Session() { hang_up(); }

  // False: no message is left to send.
  bool begin() {
    if (plan_.next >= plan_.count) return false;
    number_ = plan_.next++;
    sent_ = 0;
    step_ = Step::Greeting;
    start_ = bench::now();
    received_.clear();
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const sockaddr_in to = bench::loopback(plan_.port);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return broken(std::strerror(errno));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = this;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
    return true;
  }

  // Something can be read. False: no message is left to send.
  bool readable() {
    char bytes[4096];
    const ssize_t n = ::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (n <= 0) return broken("connection closed");
    received_.append(bytes, static_cast<std::size_t>(n));
    return whole_reply() ? advance() : true;
  }

 private:
  enum class Step { Greeting, Ehlo, Mail, Rcpt, Data, Text, Quit };

  // The last line of a reply has a space behind its code.
  bool whole_reply() const {
    if (received_.size() < 2 || received_.back() != '\n') return false;
    const auto before = received_.rfind('\n', received_.size() - 2);
    const std::size_t line = before == std::string::npos ? 0 : before + 1;
    return received_.size() > line + 3 && received_[line + 3] == ' ';
  }

  bool advance() {
    const char* wanted = step_ == Step::Greeting ? "220" : step_ == Step::Data ? "354" : step_ == Step::Quit ? "221" : "250";
    if (!received_.starts_with(wanted)) return broken(received_);
    received_.clear();
    switch (step_) {
      case Step::Greeting: return say(Step::Ehlo, "EHLO load.test\r\n");
      case Step::Ehlo: return mail();
      case Step::Mail: return say(Step::Rcpt, "RCPT TO:<" + bench::numbered(plan_.to, number_ % plan_.users + 1) + ">\r\n");
      case Step::Rcpt: return say(Step::Data, "DATA\r\n");
      case Step::Data: return say(Step::Text, plan_.text);
      case Step::Text: return accepted();
      case Step::Quit: plan_.latencies.push_back(bench::now() - start_); return hang_up(), begin();
    }
    return false;
  }
  bool mail() { return say(Step::Mail, "MAIL FROM:<" + plan_.from + ">\r\n"); }

  bool accepted() {
    ++plan_.accepted;
    if (++sent_ == plan_.per_connection || plan_.next >= plan_.count) return say(Step::Quit, "QUIT\r\n");
    number_ = plan_.next++;
    return mail();
  }

  // What is said fits the socket's buffer: blocking is short.
  bool say(Step step, std::string_view text) {
    step_ = step;
    while (!text.empty()) {
      const ssize_t n = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return broken(std::strerror(errno));
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  bool broken(const std::string& why) {
    if (step_ != Step::Quit) ++plan_.failed;
    if (plan_.first_error.empty()) plan_.first_error = why.substr(0, why.find_first_of("\r\n"));
    hang_up();
    return begin();
  }
  void hang_up() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  Plan& plan_;
  int epoll_;
  int socket_ = -1;
  int number_ = 0;
  int sent_ = 0;
  Step step_ = Step::Greeting;
  double start_ = 0;
  std::string received_;
};

double percentile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))] * 1e3;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options(argc, argv);
  Plan plan(options);
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  const double start = bench::now();
  std::vector<std::unique_ptr<Session>> sessions;
  int running = 0;
  for (int i = 0; i < options.number("sessions", 10); ++i) {
    sessions.push_back(std::make_unique<Session>(plan, epoll));
    running += sessions.back()->begin() ? 1 : 0;
  }
  while (running > 0) {
    epoll_event events[64];
    const int n = ::epoll_wait(epoll, events, 64, patience_ms);
    if (n == 0) {
      plan.failed += running;
      plan.first_error = "the server answers no more";
      break;
    }
    for (int i = 0; i < n; ++i) running -= static_cast<Session*>(events[i].data.ptr)->readable() ? 0 : 1;
  }
  const double seconds = bench::now() - start;
  std::printf("{\"accepted\":%d,\"failed\":%d,\"seconds\":%.3f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"error\":\"%s\"}\n", plan.accepted,
              plan.failed, seconds, percentile(plan.latencies, 0.5), percentile(plan.latencies, 0.99), plan.first_error.c_str());
  return plan.failed > 0 ? 1 : 0;
}
