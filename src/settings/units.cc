#include "settings/units.h"

#include <iterator>
#include <limits>

#include "base/text.h"

namespace courier {

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

struct Unit {
  char letter;
  std::int64_t factor;
};
constexpr Unit kSizes[] = {{'T', 1LL << 40}, {'G', 1LL << 30}, {'M', 1LL << 20}, {'K', 1LL << 10}};
constexpr Unit kDurations[] = {{'w', 604'800}, {'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}};

// The digits `text` begins with, taken off it.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && ascii_digit(text[digits])) ++digits;
  const auto number = to_i64(text.substr(0, digits));
  text.remove_prefix(digits);
  return number;
}

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
  const auto number = take_number(text);
  if (!number || text.empty()) return number;
  for (const Unit& unit : kSizes) {
    if (ascii_upper(text[0]) != unit.letter) continue;
    const std::string_view rest = text.substr(1);
    if (!rest.empty() && !iequals(rest, "B") && !iequals(rest, "iB")) return {};
    if (*number > kMost / unit.factor) return {};
    return *number * unit.factor;
  }
  return iequals(text, "B") ? number : std::nullopt;
}

std::string format_size(std::int64_t bytes) {
  for (const Unit& unit : kSizes) {
    if (bytes != 0 && bytes % unit.factor == 0) return std::to_string(bytes / unit.factor) + unit.letter;
  }
  return std::to_string(bytes);
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  auto number = take_number(text);
  if (!number || text.empty()) return number;
  std::int64_t total = 0;
  std::size_t next = 0;  // units before this one were used or passed by
  while (true) {
    while (next < std::size(kDurations) && kDurations[next].letter != text[0]) ++next;
    if (next == std::size(kDurations)) return {};
    const std::int64_t factor = kDurations[next++].factor;
    if (*number > (kMost - total) / factor) return {};
    total += *number * factor;
    text.remove_prefix(1);
    if (text.empty()) return total;
    number = take_number(text);
    if (!number || text.empty()) return {};
  }
}

std::string format_duration(std::int64_t seconds) {
  if (seconds <= 0) return std::to_string(seconds) + "s";
  std::string out;
  for (const Unit& unit : kDurations) {
    // "1w" for a whole number of weeks, "10d" and "36h" where a larger unit would leave a rest of another.
    if (out.empty() && unit.letter == 'w' && seconds % unit.factor != 0) continue;
    if (seconds >= unit.factor) out += std::to_string(seconds / unit.factor) + unit.letter;
    seconds %= unit.factor;
  }
  return out;
}

}  // namespace courier
