#include "wire/smtp/xtext.h"

#include <algorithm>

#include "base/encode.h"
#include "base/text.h"
#include "wire/address/escape.h"

namespace courier::smtp {

namespace {

// xchar = %d33-42 / %d44-60 / %d62-126 (RFC 3461, section 4)
bool is_xchar(char c) { return c >= 33 && c <= 126 && c != '+' && c != '='; }

bool is_atom(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-'; });
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
    if (text[i] != '+' || i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
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
  out += iequals(decoded.substr(0, semicolon), "utf-8") && is_utf8(address) ? address::escape_unicode(address) : xtext_encode(address);
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
    bytes = address::unescape_unicode(address);
  } else {
    bytes = xtext_decode(address);
    if (bytes) bytes = address::unescape_unicode(*bytes);
  }
  if (!bytes || bytes->empty()) return std::nullopt;
  // What a peer wrote as %-escapes goes into DSN header fields later: no control characters.
  if (std::any_of(bytes->begin(), bytes->end(), [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; })) return std::nullopt;
  return std::string(type) + ';' + *bytes;
}

}  // namespace courier::smtp
