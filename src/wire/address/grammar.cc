#include "wire/address/grammar.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace courier::address {

namespace {

constexpr std::string_view atext_marks = "!#$%&'*+-/=?^_`{|}~";

bool high(char c) { return (static_cast<unsigned char>(c) & 0x80u) != 0; }

// Let-dig and what stands for it: letters, digits, underscore, UTF-8.
bool is_label_char(char c, Utf8 utf8) { return ascii_alpha(c) || ascii_digit(c) || c == '_' || (utf8 == Utf8::Yes && high(c)); }

// sub-domain = Let-dig [Ldh-str] (RFC 5321, section 4.1.2); at most 63 octets (RFC 1035, section 2.3.4).
bool take_label(std::string_view& rest, Utf8 utf8, std::string& out) {
  std::size_t length = 0;
  while (length < rest.size() && (is_label_char(rest[length], utf8) || rest[length] == '-')) ++length;
  const std::string_view label = rest.substr(0, length);
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  out += label;
  rest.remove_prefix(length);
  return true;
}

// IPv6-hex = 1*4HEXDIG
bool is_hex_group(std::string_view group) {
  return !group.empty() && group.size() <= 4 &&
         std::all_of(group.begin(), group.end(), [](char c) { return ascii_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f'); });
}

// Groups of 16 bits in `text` ("a:b:192.0.2.1" counts four); -1 when one of them is wrong. Empty text: none.
int count_groups(std::string_view text, bool ipv4_may_end) {
  if (text.empty()) return 0;
  const std::vector<std::string_view> groups = split(text, ':');
  int count = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (is_hex_group(groups[i])) {
      count += 1;
    } else if (ipv4_may_end && i + 1 == groups.size() && is_ipv4(groups[i])) {
      count += 2;
    } else {
      return -1;
    }
  }
  return count;
}

// dcontent = %d33-90 / %d94-126
bool is_dcontent(char c) { return c >= 33 && c <= 126 && c != '[' && c != '\\' && c != ']'; }

}  // namespace

bool is_atext(char c, Utf8 utf8) {
  return ascii_alpha(c) || ascii_digit(c) || atext_marks.find(c) != std::string_view::npos || (utf8 == Utf8::Yes && high(c));
}

bool take_dot_string(std::string_view& rest, Utf8 utf8, std::string& out) {
  for (;;) {
    std::size_t length = 0;
    while (length < rest.size() && is_atext(rest[length], utf8)) ++length;
    if (length == 0) return false;
    out += rest.substr(0, length);
    rest.remove_prefix(length);
    if (!rest.starts_with('.')) return true;
    out += '.';
    rest.remove_prefix(1);
  }
}

bool take_quoted_string(std::string_view& rest, Utf8 utf8, std::string& out) {
  if (!rest.starts_with('"')) return false;
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != '"') {
    const bool escaped = rest.front() == '\\';
    if (escaped) rest.remove_prefix(1);
    // qtextSMTP = %d32-33 / %d35-91 / %d93-126; quoted-pairSMTP = %d92 %d32-126
    if (rest.empty()) return false;
    const char c = rest.front();
    const bool printing = c >= 32 && c <= 126;
    if (!printing && (escaped || utf8 == Utf8::No || !high(c))) return false;
    out += c;
    rest.remove_prefix(1);
  }
  if (rest.empty()) return false;
  rest.remove_prefix(1);
  return true;
}

bool take_domain(std::string_view& rest, Utf8 utf8, std::string& out) {
  for (;;) {
    if (!take_label(rest, utf8, out)) return false;
    if (!rest.starts_with('.')) return true;
    rest.remove_prefix(1);
    if (rest.empty() || !is_label_char(rest.front(), utf8)) return true;  // a final dot
    out += '.';
  }
}

bool take_address_literal(std::string_view& rest, std::string& out) {
  const std::size_t end = rest.find(']');
  if (!rest.starts_with('[') || end == std::string_view::npos) return false;
  const std::string_view inside = rest.substr(1, end - 1);
  if (istarts_with(inside, "IPv6:")) {
    if (!is_ipv6(inside.substr(5))) return false;
  } else if (!is_ipv4(inside)) {
    // General-address-literal = Standardized-tag ":" 1*dcontent; Standardized-tag = Ldh-str
    const std::size_t colon = inside.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == inside.size()) return false;
    const std::string_view tag = inside.substr(0, colon), content = inside.substr(colon + 1);
    const auto ldh = [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-'; };
    if (!std::all_of(tag.begin(), tag.end(), ldh) || tag.back() == '-') return false;
    if (!std::all_of(content.begin(), content.end(), is_dcontent)) return false;
  }
  out += rest.substr(0, end + 1);
  rest.remove_prefix(end + 1);
  return true;
}

bool is_ipv4(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           const auto number = to_u32(part);
           return part.size() <= 3 && number && *number <= 255;
         });
}

bool is_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return count_groups(text, true) == 8;
  const int before = count_groups(text.substr(0, gap), false);
  const int after = count_groups(text.substr(gap + 2), true);
  return before >= 0 && after >= 0 && before + after <= 7;
}

}  // namespace courier::address
