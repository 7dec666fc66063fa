#include "base/queue_id.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace courier {

namespace {

void append_base36(std::string& out, std::uint64_t number) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, 36).ptr;
  out.append(digits, end);
}

bool is_word(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return ascii_digit(c) || (c >= 'a' && c <= 'z'); });
}

}  // namespace

QueueIds::QueueIds(std::string_view door, std::uint64_t boot, WallTime started)
    : prefix_(door), counter_(static_cast<std::uint64_t>(started.microseconds)) {
  prefix_ += '-';
  append_base36(prefix_, boot);
  prefix_ += '-';
}

std::string QueueIds::next() {
  std::string id = prefix_;
  append_base36(id, counter_++);
  return id;
}

bool is_queue_id(std::string_view text) {
  const std::size_t first = text.find('-');
  const std::size_t second = first == std::string_view::npos ? first : text.find('-', first + 1);
  if (second == std::string_view::npos) return false;
  return is_word(text.substr(0, first), 16) && ascii_alpha(text[0]) && is_word(text.substr(first + 1, second - first - 1), 13) &&
         is_word(text.substr(second + 1), 13);
}

}  // namespace courier
