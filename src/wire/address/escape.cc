#include "wire/address/escape.h"

#include <cstdint>

#include "base/encode.h"
#include "base/text.h"
#include "base/utf8.h"

namespace courier::address {

namespace {

// QCHAR = %x21-2a / %x2c-3c / %x3e-5b / %x5d-7e
bool is_qchar(std::uint32_t code) { return code >= 0x21 && code <= 0x7E && code != '+' && code != '=' && code != '\\'; }

}  // namespace

std::string escape_unicode(std::string_view utf8) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  while (!utf8.empty()) {
    const std::uint32_t code = take_utf8(utf8);
    if (is_qchar(code)) {
      out += static_cast<char>(code);
      continue;
    }
    // HEXPOINT: at least two digits
    int nibbles = 2;
    while (nibbles < 6 && code >> (4 * nibbles) != 0) ++nibbles;
    out += "\\x{";
    while (nibbles-- > 0) out += digits[code >> (4 * nibbles) & 15];
    out += '}';
  }
  return out;
}

// EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}"
std::optional<std::string> unescape_unicode(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (!text.starts_with("\\x{")) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.substr(0, 10).find('}');
    if (end == std::string_view::npos || end < 4) return std::nullopt;
    std::uint32_t code = 0;
    for (const char c : text.substr(3, end - 3)) {
      if (hex_digit(c) < 0) return std::nullopt;
      code = code << 4 | static_cast<std::uint32_t>(hex_digit(c));
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF) || code == 0) return std::nullopt;
    append_utf8(out, code);
    text.remove_prefix(end + 1);
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

}  // namespace courier::address
