#include "runtime/listener.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/platform.h"
#include "runtime/socket_address.h"
#include "runtime/task_group.h"

namespace courier {

namespace {

std::unexpected<std::string> cannot(const char* what, const Endpoint& at) {
  return fail(std::string("cannot ") + what + " " + at.text() + ": " + std::strerror(errno));
}

// A socket file that nobody listens on is left from a process that died.
bool is_stale_socket(const SocketAddress& address, const std::string& path) {
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0 || !S_ISSOCK(facts.st_mode)) return false;
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(probe.get(), address.get(), address.length) != 0 && errno == ECONNREFUSED;
}

}  // namespace

Result<Descriptor, std::string> bind_listener(const Endpoint& at, int backlog, unsigned mode) {
  const SocketAddress address = to_socket_address(at);
  if (address.length == 0) return fail("socket path too long: " + at.path);
  Descriptor socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return cannot("make a socket for", at);
  const int on = 1;
  if (!at.is_unix()) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!at.is_unix()) set_no_delay(socket.get());
  if (address.storage.ss_family == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (at.is_unix() && is_stale_socket(address, at.path)) ::unlink(at.path.c_str());
  if (::bind(socket.get(), address.get(), address.length) != 0) return cannot("bind", at);
  if (at.is_unix() && ::chmod(at.path.c_str(), mode) != 0) return cannot("set the mode of", at);
  if (::listen(socket.get(), backlog) != 0) return cannot("listen on", at);
  return socket;
}

struct Acceptor::State : std::enable_shared_from_this<Acceptor::State> {
  State(Loop& l, Descriptor s, Accepted a)
      : loop(l), socket(std::move(s)), watch(l.watch(socket.get())), accepted(std::move(a)), tasks(l, no_exceptions()) {}

  Task<> accept_loop() {
    while (!paused) {
      const int outcome = co_await watch->wait(Direction::Read, Deadline::never());
      if (outcome != static_cast<int>(Readiness::Ready)) co_return;
      if (!accept_one()) co_await loop.sleep(milliseconds(100));
    }
  }

  // One connection a turn, so that sessions go on while a crowd arrives, and no call is made to hear that nobody else is there.
  // False when descriptors or memory ran out.
  bool accept_one() {
    SocketAddress from;
    from.length = sizeof from.storage;
    Descriptor connection(::accept4(socket.get(), reinterpret_cast<sockaddr*>(&from.storage), &from.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!connection) return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
    if (!platform::accepted_have_no_delay) set_no_delay(connection.get());
    accepted(make_accepted_stream(loop, std::move(connection), from_socket_address(from.storage, from.length)));
    return true;
  }

  Loop& loop;
  Descriptor socket;
  std::unique_ptr<Watch> watch;
  Accepted accepted;
  bool paused = false;
  TaskGroup tasks;
};

Acceptor::Acceptor(Loop& loop, Descriptor socket, Accepted accepted)
    : state_(std::make_shared<State>(loop, std::move(socket), std::move(accepted))) {
  state_->tasks.spawn(state_->accept_loop());
}

Acceptor::~Acceptor() { state_->paused = true; }

void Acceptor::pause() {
  state_->paused = true;
  state_->watch->cancel(Direction::Read);
}

void Acceptor::resume() {
  if (!state_->paused) return;
  state_->paused = false;
  state_->tasks.spawn(state_->accept_loop());
}

}  // namespace courier
