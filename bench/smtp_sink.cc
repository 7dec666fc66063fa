// smtp_sink: an SMTP server that accepts and forgets everything, counting. Offers PIPELINING and 8BITMIME, no TLS.
//   smtp_sink --port P
// Prints "N messages, C connections" for each line on standard input; ends when that ends.
#include <atomic>
#include <thread>

#include "client.h"

namespace {

std::atomic<long> messages{0}, connections{0};

class Session {
 public:
  explicit Session(int fd) : fd_(fd) {}
  void run() {
    out_ = "220 sink.test ESMTP\r\n";
    while (flush() && fill()) {
      while (step()) {}
      if (ended_ && flush()) break;
    }
    ::close(fd_);
  }

 private:
  bool flush() {
    std::string_view rest = out_;
    while (!rest.empty()) {
      const ssize_t n = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
    out_.clear();
    return true;
  }
  bool fill() {
    char block[65536];
    const ssize_t n = ::recv(fd_, block, sizeof block, 0);
    if (n <= 0) return false;
    in_.append(block, static_cast<std::size_t>(n));
    return true;
  }
  // One command, or the end of a message; false when more input is needed.
  bool step() {
    if (data_) {
      const auto end = in_.find("\r\n.\r\n");
      if (end == std::string::npos) {
        // The end may be split: four bytes of it can be here already.
        if (in_.size() > 4) in_.erase(0, in_.size() - 4);
        return false;
      }
      in_.erase(0, end + 5);
      data_ = false;
      ++messages;
      out_ += "250 2.0.0 Ok\r\n";
      return true;
    }
    const auto end = in_.find("\r\n");
    if (end == std::string::npos) return false;
    const std::string verb = in_.substr(0, 4);
    in_.erase(0, end + 2);
    if (verb == "EHLO") {
      out_ += "250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n";
    } else if (verb == "DATA") {
      data_ = true;
      in_.insert(0, "\r\n");  // an empty message ends with its first line
      out_ += "354 go on\r\n";
    } else if (verb == "QUIT") {
      out_ += "221 2.0.0 bye\r\n";
      ended_ = true;
    } else {
      out_ += "250 2.0.0 Ok\r\n";
    }
    return !ended_;
  }
  int fd_;
  std::string in_, out_;
  bool data_ = false, ended_ = false;
};

void accept_all(int listener) {
  for (;;) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections;
    std::thread([fd] { Session(fd).run(); }).detach();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options(argc, argv);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in at = bench::loopback(options.number("port", 19025));
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || ::listen(listener, 1024) != 0) {
    std::perror("smtp_sink: cannot listen");
    return 1;
  }
  std::thread(accept_all, listener).detach();
  char line[64];
  while (std::fgets(line, sizeof line, stdin)) {
    std::printf("%ld messages, %ld connections\n", messages.load(), connections.load());
    std::fflush(stdout);
  }
  std::_Exit(0);
}
