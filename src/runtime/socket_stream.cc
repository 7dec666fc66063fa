// Streams on TCP and Unix sockets: own non-blocking recv and send after a wait for readiness.
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "runtime/platform.h"
#include "runtime/socket_address.h"
#include "runtime/stream.h"

namespace courier {

namespace {

#ifdef MSG_MORE
constexpr int more_follows = MSG_MORE;
#else
constexpr int more_follows = 0;
#endif

IoError from_errno(int error, const char* detail = "") {
  IoFault fault = IoFault::Other;
  switch (error) {
    case EAGAIN: fault = IoFault::WouldBlock; break;
    case ECONNREFUSED:
    case ENOENT: fault = IoFault::Refused; break;
    case ECONNRESET:
    case EPIPE:
    case ENOTCONN: fault = IoFault::Reset; break;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL: fault = IoFault::Unreachable; break;
    case ETIMEDOUT: fault = IoFault::TimedOut; break;
    default: break;
  }
  return {fault, error, detail};
}

IoResult<void> from_readiness(int outcome) {
  switch (static_cast<Readiness>(outcome)) {
    case Readiness::Ready: return {};
    case Readiness::TimedOut: return fail(IoError{IoFault::TimedOut, 0, {}});
    case Readiness::Canceled: break;
  }
  return fail(IoError{IoFault::Closed, 0, {}});
}

class SocketStream final : public Stream {
 public:
  SocketStream(Loop& loop, Descriptor socket, bool tcp, std::optional<Endpoint> peer = {})
      : socket_(std::move(socket)), watch_(loop.watch(socket_.get())), peer_(std::move(peer)), tcp_(tcp) {}

  Task<IoResult<void>> readable(Deadline deadline) override {
    if (!watch_) co_return fail(IoError{IoFault::Closed, 0, {}});
    co_return from_readiness(co_await watch_->wait(Direction::Read, deadline));
  }
  Task<IoResult<void>> writable(Deadline deadline) override {
    if (!watch_) co_return fail(IoError{IoFault::Closed, 0, {}});
    co_return from_readiness(co_await watch_->wait(Direction::Write, deadline));
  }
  IoResult<std::size_t> read_now(std::span<char> into) override {
    for (;;) {
      const ssize_t n = ::recv(socket_.get(), into.data(), into.size(), MSG_DONTWAIT);
      if (n > 0) return static_cast<std::size_t>(n);
      if (n == 0) return fail(IoError{IoFault::Closed, 0, {}});
      if (errno != EINTR) return fail(from_errno(errno, "recv"));
    }
  }
  IoResult<std::size_t> write_now(std::string_view bytes) override { return send(bytes, 0); }
  // What is held back because more follows goes out with the end at once, whatever the peer sent that nobody has read.
  IoResult<std::size_t> write_last(std::string_view bytes) override {
    auto taken = send(bytes, more_follows);
    if (taken && *taken == bytes.size()) finish_writing();
    return taken;
  }
  void acknowledge_now() override {
    if (tcp_ && watch_) platform::acknowledge_now(socket_.get());
  }
  void finish_writing() override { ::shutdown(socket_.get(), SHUT_WR); }
  Endpoint local() const override { return local_endpoint(socket_.get()); }
  Endpoint peer() const override { return peer_ ? *peer_ : peer_endpoint(socket_.get()); }
  Descriptor release_socket() override {
    watch_.reset();
    return std::move(socket_);
  }

 private:
  IoResult<std::size_t> send(std::string_view bytes, int flags) {
    for (;;) {
      const ssize_t n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT | flags);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) return fail(from_errno(errno, "send"));
    }
  }

  Descriptor socket_;
  std::unique_ptr<Watch> watch_;  // before the socket closes
  const std::optional<Endpoint> peer_;  // of an accepted connection; the system knows the others
  const bool tcp_;
};

}  // namespace

StreamPtr make_socket_stream(Loop& loop, Descriptor socket) {
  const bool tcp = set_no_delay(socket.get());
  return std::make_unique<SocketStream>(loop, std::move(socket), tcp);
}

StreamPtr make_accepted_stream(Loop& loop, Descriptor socket, Endpoint peer) {
  const bool tcp = !peer.is_unix();
  return std::make_unique<SocketStream>(loop, std::move(socket), tcp, std::move(peer));
}

Task<IoResult<StreamPtr>> connect_stream(Loop& loop, Endpoint to, Deadline deadline, const Endpoint* source) {
  const SocketAddress address = to_socket_address(to);
  if (address.length == 0) co_return fail(IoError{IoFault::Other, ENAMETOOLONG, "socket path"});
  Descriptor socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) co_return fail(from_errno(errno, "socket"));
  if (source) {
    const SocketAddress local = to_socket_address(*source);
    if (::bind(socket.get(), local.get(), local.length) != 0) co_return fail(from_errno(errno, "bind"));
  }
  if (::connect(socket.get(), address.get(), address.length) != 0) {
    if (errno != EINPROGRESS) co_return fail(from_errno(errno, "connect"));
    const auto watch = loop.watch(socket.get());
    const int outcome = co_await watch->wait(Direction::Write, deadline);
    if (auto ready = from_readiness(outcome); !ready) co_return fail(ready.error());
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) co_return fail(from_errno(error, "connect"));
  }
  co_return make_socket_stream(loop, std::move(socket));
}

}  // namespace courier
