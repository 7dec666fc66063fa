#include "runtime/address.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <iterator>

#include "base/text.h"

namespace courier {

namespace {

constexpr std::uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

void keep_bits(std::array<std::uint8_t, 16>& bytes, int bits) {
  for (int i = 0; i < 16; ++i) {
    const int kept = bits - i * 8;
    if (kept <= 0) {
      bytes[static_cast<std::size_t>(i)] = 0;
    } else if (kept < 8) {
      bytes[static_cast<std::size_t>(i)] &= static_cast<std::uint8_t>(0xFF << (8 - kept));
    }
  }
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  IpAddress ip;
  if (::inet_pton(AF_INET6, terminated.c_str(), ip.bytes.data()) == 1) return ip;
  std::memcpy(ip.bytes.data(), mapped_prefix, sizeof mapped_prefix);
  if (::inet_pton(AF_INET, terminated.c_str(), ip.bytes.data() + 12) == 1) return ip;
  return std::nullopt;
}

IpAddress IpAddress::v4(std::uint32_t host_order) {
  IpAddress ip;
  std::memcpy(ip.bytes.data(), mapped_prefix, sizeof mapped_prefix);
  for (std::size_t i = 0; i < 4; ++i) ip.bytes[12 + i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return ip;
}

bool IpAddress::is_v4() const { return std::memcmp(bytes.data(), mapped_prefix, sizeof mapped_prefix) == 0; }

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes[12] == 127;
  IpAddress one;
  one.bytes[15] = 1;
  return *this == one;
}

IpAddress IpAddress::network(int bits) const {
  IpAddress masked = *this;
  keep_bits(masked.bytes, is_v4() ? bits + 96 : bits);
  return masked;
}

std::string IpAddress::text() const {
  if (is_v4()) {
    char text[INET_ADDRSTRLEN];
    char* end = text;
    for (std::size_t i = 12; i < 16; ++i) {
      if (end != text) *end++ = '.';
      end = std::to_chars(end, std::end(text), bytes[i]).ptr;
    }
    return {text, end};
  }
  char buffer[INET6_ADDRSTRLEN];
  ::inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
  return buffer;
}

std::string IpAddress::smtp_literal() const { return is_v4() ? text() : "IPv6:" + text(); }

std::string IpAddress::reverse_name() const {
  std::string name;
  if (is_v4()) {
    for (std::size_t i = 16; i-- > 12;) name += std::to_string(bytes[i]) + '.';
    return name + "in-addr.arpa";
  }
  static constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 16; i-- > 0;) name += {digits[bytes[i] & 15], '.', digits[bytes[i] >> 4], '.'};
  return name + "ip6.arpa";
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int most = address->is_v4() ? 32 : 128;
  IpNetwork network{*address, most};
  if (slash != std::string_view::npos) {
    const auto bits = to_u32(text.substr(slash + 1));
    if (!bits || *bits > static_cast<std::uint32_t>(most)) return std::nullopt;
    network.bits = static_cast<int>(*bits);
  }
  network.address = address->network(network.bits);
  return network;
}

bool IpNetwork::contains(const IpAddress& ip) const { return ip.is_v4() == address.is_v4() && ip.network(bits) == address; }

std::string IpNetwork::text() const { return address.text() + "/" + std::to_string(bits); }

std::string Endpoint::text() const {
  if (is_unix()) return "unix:" + path;
  return (ip.is_v4() ? ip.text() : "[" + ip.text() + "]") + ":" + std::to_string(port);
}

}  // namespace courier
