// PLAIN (RFC 4616): one message from the client.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wire/sasl/syntax.h"

namespace courier::sasl {

struct Plain {
  std::string authorization;   // who to act as; empty: the one who signs in
  std::string authentication;  // who signs in
  std::string password;
  bool operator==(const Plain&) const = default;
};

// The longest user name and password anybody may send, in bytes.
inline constexpr std::size_t max_credential = 1024;

// UTF-8 without NUL; each part is at most `longest` bytes, the last two at least one.
[[nodiscard]] Parsed<Plain> parse_plain(std::string_view message, std::size_t longest = max_credential);
[[nodiscard]] std::string write_plain(const Plain& plain);

}  // namespace courier::sasl
