#include "store/maildir/message_name.h"

#include <algorithm>

#include "base/text.h"

namespace courier::store {

namespace {

constexpr std::string_view kLetters = "DFRST";

std::optional<std::uint64_t> field_of(std::string_view name, std::string_view field) {
  const std::string_view base = base_of(name);
  const std::size_t at = base.rfind(field);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view digits = base.substr(at + field.size());
  std::size_t count = 0;
  while (count < digits.size() && ascii_digit(digits[count])) ++count;
  return to_u64(digits.substr(0, count));
}

// Splits "1767225600.M1..." into the digits without leading zeros and the rest.
struct Arrival {
  std::string_view number, rest;
};
Arrival arrival_of(std::string_view name) {
  std::string_view base = base_of(name);
  while (base.size() > 1 && base[0] == '0' && ascii_digit(base[1])) base.remove_prefix(1);
  std::size_t count = 0;
  while (count < base.size() && ascii_digit(base[count])) ++count;
  return {.number = base.substr(0, count), .rest = base.substr(count)};
}

}  // namespace

std::string_view base_of(std::string_view name) { return name.substr(0, name.find(':')); }

std::string_view unique_part(std::string_view name) {
  const std::string_view base = base_of(name);
  // A comma may stand in a host name; a field is a comma, one capital and '='.
  for (std::size_t at = base.find(','); at != std::string_view::npos; at = base.find(',', at + 1)) {
    if (at + 2 < base.size() && base[at + 1] >= 'A' && base[at + 1] <= 'Z' && base[at + 2] == '=') return base.substr(0, at);
  }
  return base;
}

std::optional<std::uint64_t> size_of(std::string_view name) { return field_of(name, ",S="); }
std::optional<std::uint64_t> wire_size_of(std::string_view name) { return field_of(name, ",W="); }

std::string_view letters_of(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos || name.substr(colon, 3) != ":2,") return {};
  return name.substr(colon + 3);
}

Flags flags_of(std::string_view name) {
  Flags flags;
  for (const char letter : letters_of(name)) {
    const std::size_t bit = kLetters.find(letter);
    if (bit != std::string_view::npos) flags.bits |= static_cast<std::uint8_t>(1u << bit);
  }
  return flags;
}

std::string with_flags(std::string_view name, Flags flags) {
  std::string letters;
  for (const char letter : letters_of(name)) {
    if (kLetters.find(letter) == std::string_view::npos) letters += letter;
  }
  for (std::size_t bit = 0; bit < kLetters.size(); ++bit) {
    if ((flags.bits >> bit) & 1u) letters += kLetters[bit];
  }
  std::ranges::sort(letters);
  letters.erase(std::ranges::unique(letters).begin(), letters.end());
  std::string result(base_of(name));
  return result += ":2," + letters;
}

bool arrived_before(std::string_view a, std::string_view b) {
  const Arrival x = arrival_of(a);
  const Arrival y = arrival_of(b);
  if (x.number.size() != y.number.size()) return x.number.size() < y.number.size();
  if (x.number != y.number) return x.number < y.number;
  return x.rest < y.rest;
}

std::string escape_host(std::string_view host) {
  std::string result;
  for (const char c : host.empty() ? std::string_view("localhost") : host) {
    if (c == '/') {
      result += "\\057";
    } else if (c == ':') {
      result += "\\072";
    } else if (c == ',') {
      result += "\\054";
    } else {
      result += c;
    }
  }
  return result;
}

std::string delivery_base(WallTime arrival, std::string_view queue_id, std::uint32_t number, std::string_view host) {
  std::string base = std::to_string(arrival.seconds());
  base += ".Q";
  base += queue_id;
  base += "R" + std::to_string(number) + ".";
  return base += escape_host(host);
}

std::string with_sizes(std::string_view base, std::uint64_t stored, std::uint64_t wire) {
  std::string name(base);
  return name += ",S=" + std::to_string(stored) + ",W=" + std::to_string(wire);
}

std::string NameMaker::make(WallTime now) {
  std::string name = std::to_string(now.seconds());
  name += ".M" + std::to_string(now.microseconds % 1'000'000);
  name += "P" + std::to_string(process_) + "N" + std::to_string(++count_) + ".";
  return name += host_;
}

}  // namespace courier::store
