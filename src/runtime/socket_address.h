// Endpoint to and from sockaddr, for the .cc files of runtime that make system calls.
#pragma once

#include <sys/socket.h>

#include "runtime/address.h"

namespace courier {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// IPv4 endpoints become AF_INET. A Unix path too long for the kernel gives length 0.
[[nodiscard]] SocketAddress to_socket_address(const Endpoint& endpoint);
[[nodiscard]] Endpoint from_socket_address(const sockaddr_storage& storage, socklen_t length);
[[nodiscard]] Endpoint local_endpoint(int fd);
[[nodiscard]] Endpoint peer_endpoint(int fd);

// What we write is gathered before: waiting for more (Nagle) only costs time. False: not a TCP socket.
bool set_no_delay(int fd);

}  // namespace courier
