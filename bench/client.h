// A plain blocking client for the load generators: one socket, lines in, bytes out. Measured programs must not share
// code with what measures them, so nothing of src/ is used here.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

inline double now() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

inline sockaddr_in loopback(int port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return to;
}

// Throws std::runtime_error when the connection breaks or a reply is not what was expected.
class Client {
 public:
  explicit Client(int port, bool tls = false) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval limit{60, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const sockaddr_in to = loopback(port);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("cannot connect");
    if (!tls) return;
    static SSL_CTX* context = ::SSL_CTX_new(::TLS_client_method());
    ssl_ = ::SSL_new(context);
    ::SSL_set_fd(ssl_, fd_);
    if (::SSL_connect(ssl_) != 1) throw std::runtime_error("TLS handshake failed");
  }
  Client(Client&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        ssl_(std::exchange(other.ssl_, nullptr)),
        buffer_(std::move(other.buffer_)),
        begin_(other.begin_),
        end_(other.end_) {}
  Client& operator=(Client&&) = delete;
  ~Client() {
    if (ssl_) ::SSL_free(ssl_);
    if (fd_ >= 0) ::close(fd_);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n =
          ssl_ ? ::SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) throw std::runtime_error("connection broke while sending");
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  // One line without its CRLF.
  std::string line() {
    for (std::size_t scanned = 0;;) {
      const std::string_view there(buffer_.get() + begin_, end_ - begin_);
      const auto end = there.find('\n', scanned);
      if (end != std::string_view::npos) {
        begin_ += end + 1;
        return std::string(there.substr(0, end > 0 && there[end - 1] == '\r' ? end - 1 : end));
      }
      scanned = there.size();
      fill();
    }
  }
  // Takes `count` bytes without keeping them.
  void skip(std::size_t count) {
    while (end_ - begin_ < count) {
      count -= end_ - begin_;
      begin_ = end_ = 0;
      fill();
    }
    begin_ += count;
  }
  // An SMTP reply, all its lines; throws unless it begins with `expected` (a digit or a code).
  std::string smtp(std::string_view expected) {
    std::string all;
    for (;;) {
      const std::string text = line();
      if (!text.starts_with(expected)) throw std::runtime_error("unexpected reply: " + text);
      all += text + "\n";
      if (text.size() < 4 || text[3] != '-') return all;
    }
  }

 private:
  // What costs much here would be measured as the server's: only a line's beginning is ever copied.
  void fill() {
    if (begin_ > 0) std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    if (end_ == capacity) throw std::runtime_error("a line is too long");
    char* const at = buffer_.get() + end_;
    const ssize_t n = ssl_ ? ::SSL_read(ssl_, at, static_cast<int>(capacity - end_)) : ::recv(fd_, at, capacity - end_, 0);
    if (n <= 0) throw std::runtime_error("connection broke while reading");
    end_ += static_cast<std::size_t>(n);
  }

  static constexpr std::size_t capacity = 256 * 1024;
  int fd_ = -1;
  SSL* ssl_ = nullptr;
  std::unique_ptr<char[]> buffer_ = std::make_unique_for_overwrite<char[]>(capacity);
  std::size_t begin_ = 0, end_ = 0;  // of what was received and not yet taken
};

// --name value pairs of the command line, each with a default.
class Options {
 public:
  Options(int argc, char** argv) : arguments_(argv + 1, argv + argc) {}
  std::string text(std::string_view name, std::string otherwise) const {
    for (std::size_t i = 0; i + 1 < arguments_.size(); ++i) {
      if (arguments_[i] == "--" + std::string(name)) return arguments_[i + 1];
    }
    return otherwise;
  }
  int number(std::string_view name, int otherwise) const { return std::atoi(text(name, std::to_string(otherwise)).c_str()); }

 private:
  std::vector<std::string> arguments_;
};

inline std::string numbered(std::string pattern, int number) {
  const auto at = pattern.find("%d");
  return at == std::string::npos ? pattern : pattern.replace(at, 2, std::to_string(number));
}

}  // namespace bench
