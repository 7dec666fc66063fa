#include "wire/smtp/status.h"

#include <charconv>
#include <iterator>

#include "base/text.h"

namespace courier::smtp {

namespace {

// 1*3DIGIT without leading zeros (RFC 3463, section 2; RFC 2034, section 4).
std::optional<std::uint16_t> status_number(std::string_view text) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  const auto number = to_u32(text);
  if (!number) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

}  // namespace

// status-code = class "." subject "." detail (RFC 3463, section 2)
std::optional<EnhancedStatus> parse_status(std::string_view text) {
  const std::size_t first = text.find('.');
  if (first != 1) return std::nullopt;
  const std::size_t second = text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto kind = status_number(text.substr(0, first));
  const auto subject = status_number(text.substr(first + 1, second - first - 1));
  const auto detail = status_number(text.substr(second + 1));
  if (!kind || !subject || !detail || (*kind != 2 && *kind != 4 && *kind != 5)) return std::nullopt;
  return EnhancedStatus{*kind, *subject, *detail};
}

std::string write(EnhancedStatus status) {
  char text[20];
  char* end = text;
  for (const std::uint16_t number : {status.kind, status.subject, status.detail}) {
    if (end != text) *end++ = '.';
    end = std::to_chars(end, std::end(text), number).ptr;
  }
  return {text, end};
}

}  // namespace courier::smtp
