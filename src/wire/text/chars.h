// Character classes that several grammars share (RFC 5234, appendix B.1; RFC 5322, section 3.2.3). ASCII only unless said.
#pragma once

#include <string_view>

#include "base/text.h"

namespace courier {

[[nodiscard]] constexpr bool is_wsp(char c) { return c == ' ' || c == '\t'; }
[[nodiscard]] constexpr bool is_ctl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
[[nodiscard]] constexpr bool is_8bit(char c) { return static_cast<unsigned char>(c) >= 0x80; }
[[nodiscard]] constexpr bool is_alnum(char c) { return ascii_alpha(c) || ascii_digit(c); }
// atext of RFC 5322; with RFC 6532 every byte above 127 as well.
[[nodiscard]] constexpr bool is_atext(char c) {
  return is_alnum(c) || is_8bit(c) || (c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos);
}
// token of RFC 2045, section 5.1; bytes above 127 are let through, as broken mail has them.
[[nodiscard]] constexpr bool is_mime_token(char c) {
  return !is_ctl(c) && c != ' ' && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

}  // namespace courier
