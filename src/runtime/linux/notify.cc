// The protocol of sd_notify(3): a datagram of NAME=value lines to the socket that NOTIFY_SOCKET names.
#include "runtime/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/text.h"

namespace courier {

namespace {

std::string take_variable(const char* name) {
  const char* value = ::getenv(name);
  std::string text = value ? value : "";
  ::unsetenv(name);
  return text;
}

Descriptor connect_to(const std::string& path) {
  sockaddr_un address{};
  if (path.size() < 2 || path.size() >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) return {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';  // the abstract namespace
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return {};
  return socket;
}

}  // namespace

ServiceManager::ServiceManager() : socket_(connect_to(take_variable("NOTIFY_SOCKET"))) {
  const auto interval = to_i64(take_variable("WATCHDOG_USEC"));
  const auto pid = to_i64(take_variable("WATCHDOG_PID"));
  if (interval && *interval > 0 && (!pid || *pid == ::getpid())) watchdog_ = microseconds(*interval / 2);
}

void ServiceManager::send(std::string_view text) {
  if (socket_) (void)::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

void ServiceManager::ready(std::string_view status) { send("READY=1\nSTATUS=" + std::string(status)); }

void ServiceManager::reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1'000));
}

void ServiceManager::stopping() { send("STOPPING=1"); }
void ServiceManager::still_alive() { send("WATCHDOG=1"); }

}  // namespace courier
