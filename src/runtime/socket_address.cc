#include "runtime/socket_address.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

namespace courier {

SocketAddress to_socket_address(const Endpoint& endpoint) {
  SocketAddress out;
  if (endpoint.is_unix()) {
    auto& to = reinterpret_cast<sockaddr_un&>(out.storage);
    if (endpoint.path.size() >= sizeof to.sun_path) return out;
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, endpoint.path.c_str(), endpoint.path.size() + 1);
    out.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + endpoint.path.size() + 1);
  } else if (endpoint.ip.is_v4()) {
    auto& to = reinterpret_cast<sockaddr_in&>(out.storage);
    to.sin_family = AF_INET;
    to.sin_port = htons(endpoint.port);
    std::memcpy(&to.sin_addr, endpoint.ip.bytes.data() + 12, 4);
    out.length = sizeof to;
  } else {
    auto& to = reinterpret_cast<sockaddr_in6&>(out.storage);
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(endpoint.port);
    std::memcpy(&to.sin6_addr, endpoint.ip.bytes.data(), 16);
    out.length = sizeof to;
  }
  return out;
}

Endpoint from_socket_address(const sockaddr_storage& storage, socklen_t length) {
  Endpoint out;
  if (storage.ss_family == AF_INET) {
    const auto& from = reinterpret_cast<const sockaddr_in&>(storage);
    out.ip = IpAddress::v4(ntohl(from.sin_addr.s_addr));
    out.port = ntohs(from.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    const auto& from = reinterpret_cast<const sockaddr_in6&>(storage);
    std::memcpy(out.ip.bytes.data(), &from.sin6_addr, 16);
    out.port = ntohs(from.sin6_port);
  } else if (storage.ss_family == AF_UNIX) {
    const auto& from = reinterpret_cast<const sockaddr_un&>(storage);
    out.path = length > offsetof(sockaddr_un, sun_path) && from.sun_path[0] != '\0' ? from.sun_path : "(unnamed)";
  }
  return out;
}

Endpoint local_endpoint(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
  return from_socket_address(storage, length);
}

Endpoint peer_endpoint(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
  return from_socket_address(storage, length);
}

bool set_no_delay(int fd) {
  const int on = 1;
  return ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
}

}  // namespace courier
