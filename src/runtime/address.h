// IP addresses and endpoints as values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace courier {

// An IPv4 or IPv6 address. IPv4 is kept as an IPv4-mapped IPv6 address (::ffff:a.b.c.d), so comparing is comparing bytes.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const IpAddress&) const = default;

  // "192.0.2.1", "2001:db8::1"; no brackets, no zone. Mapped addresses become IPv4.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
  [[nodiscard]] static IpAddress v4(std::uint32_t host_order);
  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] bool is_loopback() const;
  // The network of that many leading bits (0..32 for IPv4, 0..128 for IPv6).
  [[nodiscard]] IpAddress network(int bits) const;
  // IPv4 dotted, IPv6 as RFC 5952 writes it.
  [[nodiscard]] std::string text() const;
  // As SMTP writes it: "192.0.2.1" or "IPv6:2001:db8::1" (RFC 5321, section 4.1.3).
  [[nodiscard]] std::string smtp_literal() const;
  // For PTR and DNS lists: "1.2.0.192.in-addr.arpa", nibbles under ip6.arpa.
  [[nodiscard]] std::string reverse_name() const;
};

// "192.0.2.0/24", "2001:db8::/32", or a single address.
struct IpNetwork {
  IpAddress address;
  int bits = 128;  // of the address family: 0..32 or 0..128
  auto operator<=>(const IpNetwork&) const = default;
  [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& ip) const;
  [[nodiscard]] std::string text() const;
};

// Where a socket is or goes: an IP address and port, or the path of a Unix socket.
struct Endpoint {
  IpAddress ip;
  std::uint16_t port = 0;
  std::string path;  // not empty: a Unix socket
  auto operator<=>(const Endpoint&) const = default;
  [[nodiscard]] bool is_unix() const { return !path.empty(); }
  // "192.0.2.1:25", "[2001:db8::1]:25", "unix:/run/..."
  [[nodiscard]] std::string text() const;
};

}  // namespace courier
