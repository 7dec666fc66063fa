#include "runtime/dns_records.h"

#include <algorithm>

#include "base/text.h"

namespace courier::dns {

namespace {

std::uint8_t byte_at(std::string_view data, std::size_t index) { return static_cast<std::uint8_t>(data[index]); }

// RFC 1035, section 5.1: \DDD, where DDD is decimal.
void append_label(std::string& name, std::string_view label) {
  for (const char c : label) {
    if (ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '_' || c == '*' || c == '/') {
      name += ascii_lower(c);
    } else {
      const auto value = static_cast<std::uint8_t>(c);
      name += '\\';
      name += static_cast<char>('0' + value / 100);
      name += static_cast<char>('0' + value / 10 % 10);
      name += static_cast<char>('0' + value % 10);
    }
  }
}

}  // namespace

// RFC 1035, section 3.1: labels of at most 63 bytes, the empty one last.
std::optional<std::string> read_name(std::string_view wire) {
  std::string name;
  while (!wire.empty()) {
    const std::size_t length = byte_at(wire, 0);
    if (length == 0) return wire.size() == 1 ? std::optional(name) : std::nullopt;
    if (length > 63 || wire.size() < 1 + length) return std::nullopt;
    if (!name.empty()) name += '.';
    append_label(name, wire.substr(1, length));
    wire.remove_prefix(1 + length);
  }
  return std::nullopt;
}

std::optional<IpAddress> read_a(std::string_view data) {
  if (data.size() != 4) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | byte_at(data, i);
  return IpAddress::v4(number);
}

std::optional<IpAddress> read_aaaa(std::string_view data) {
  if (data.size() != 16) return std::nullopt;
  IpAddress address;
  std::copy(data.begin(), data.end(), address.bytes.begin());
  return address;
}

std::optional<MxRecord> read_mx(std::string_view data) {
  if (data.size() < 3) return std::nullopt;
  auto exchange = read_name(data.substr(2));
  if (!exchange) return std::nullopt;
  return MxRecord{static_cast<std::uint16_t>(byte_at(data, 0) << 8 | byte_at(data, 1)), std::move(*exchange)};
}

std::optional<std::string> read_txt(std::string_view data) {
  if (data.empty()) return std::nullopt;  // one or more character-strings (RFC 1035, section 3.3.14)
  std::string text;
  while (!data.empty()) {
    const std::size_t length = byte_at(data, 0);
    if (data.size() < 1 + length) return std::nullopt;
    text += data.substr(1, length);
    data.remove_prefix(1 + length);
  }
  return text;
}

std::optional<TlsaRecord> read_tlsa(std::string_view data) {
  if (data.size() < 4) return std::nullopt;
  return TlsaRecord{byte_at(data, 0), byte_at(data, 1), byte_at(data, 2), std::string(data.substr(3))};
}

}  // namespace courier::dns
