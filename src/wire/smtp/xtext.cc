#include "wire/smtp/xtext.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace courier::smtp {

namespace {

int hex_value(char c) {
  if (ascii_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// xchar = %d33-42 / %d44-60 / %d62-126 (RFC 3461, section 4)
bool is_xchar(char c) { return c >= 33 && c <= 126 && c != '+' && c != '='; }

bool is_atom(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-'; });
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6), put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12), put(0x80 | (point >> 6 & 0x3F)), put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18), put(0x80 | (point >> 12 & 0x3F)), put(0x80 | (point >> 6 & 0x3F)), put(0x80 | (point & 0x3F));
  }
}

// The code point at the front of well-formed UTF-8, which moves on.
std::uint32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t point = length == 1 ? first : first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) point = point << 6 | (byte(i) & 0x3F);
  text.remove_prefix(length);
  return point;
}

// EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}" (RFC 6533, section 3); what is not one is taken as it is. `bytes` may
// already be UTF-8 (utf-8-addr-unitext).
std::optional<std::string> unescape_unicode(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    if (!bytes.starts_with("\\x{")) {
      out += bytes.front();
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find('}');
    if (end == std::string_view::npos || end < 4 || end > 9) return std::nullopt;
    std::uint32_t point = 0;
    for (const char c : bytes.substr(3, end - 3)) {
      if (hex_value(c) < 0) return std::nullopt;
      point = point << 4 | static_cast<std::uint32_t>(hex_value(c));
    }
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF) || point == 0) return std::nullopt;
    append_utf8(out, point);
    bytes.remove_prefix(end + 1);
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

std::string escape_unicode(std::string_view utf8) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  while (!utf8.empty()) {
    const std::uint32_t point = take_code_point(utf8);
    // QCHAR: everything printing but '\', '+' and '='
    if (point < 0x80 && is_xchar(static_cast<char>(point)) && point != '\\') {
      out += static_cast<char>(point);
      continue;
    }
    out += "\\x{";
    const int nibbles = point > 0xFFFFF ? 6 : point > 0xFFFF ? 5 : point > 0xFFF ? 4 : point > 0xFF ? 3 : 2;
    for (int i = nibbles - 1; i >= 0; --i) out += digits[point >> (4 * i) & 15];
    out += '}';
  }
  return out;
}

}  // namespace

std::string xtext_encode(std::string_view bytes) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    if (is_xchar(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'+', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

std::optional<std::string> xtext_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_xchar(text[i])) {
      out += text[i];
      continue;
    }
    if (text[i] != '+' || i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

std::string original_recipient_encode(std::string_view decoded) {
  const std::size_t semicolon = std::min(decoded.find(';'), decoded.size());
  std::string out(decoded.substr(0, semicolon));
  if (semicolon == decoded.size()) return out;
  const std::string_view address = decoded.substr(semicolon + 1);
  out += ';';
  out += iequals(decoded.substr(0, semicolon), "utf-8") && is_utf8(address) ? escape_unicode(address) : xtext_encode(address);
  return out;
}

// original-recipient-address = addr-type ";" xtext (RFC 3461, section 4.2), utf-8-enc-addr (RFC 6533, section 3)
std::optional<std::string> original_recipient_decode(std::string_view text) {
  const std::size_t semicolon = text.find(';');
  if (semicolon == std::string_view::npos || !is_atom(text.substr(0, semicolon))) return std::nullopt;
  const std::string_view type = text.substr(0, semicolon), address = text.substr(semicolon + 1);
  const bool high = std::any_of(address.begin(), address.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80u) != 0; });
  std::optional<std::string> bytes;
  if (!iequals(type, "utf-8")) {
    bytes = xtext_decode(address);
  } else if (high) {
    bytes = unescape_unicode(address);
  } else {
    bytes = xtext_decode(address);
    if (bytes) bytes = unescape_unicode(*bytes);
  }
  if (!bytes || bytes->empty()) return std::nullopt;
  // What a peer wrote as %-escapes goes into DSN header fields later: no control characters.
  if (std::any_of(bytes->begin(), bytes->end(), [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; })) return std::nullopt;
  return std::string(type) + ';' + *bytes;
}

}  // namespace courier::smtp
