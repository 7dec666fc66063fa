// Cursor: a place in a whole line (or literal), read from left to right. A copy remembers a place to come back to.
// The text outlives the cursor and every piece taken from it.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/text.h"

namespace courier {

// Where a parser stopped and what it would have taken there.
struct SyntaxError {
  std::size_t offset = 0;
  const char* expected = "";
  bool operator==(const SyntaxError&) const = default;
};

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] std::size_t offset() const { return at_; }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  // The next character; NUL at the end (test at_end() where a NUL may stand).
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }

  // Takes the next character if it is `c`.
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // Takes `word` if it comes next; the case of ASCII letters is ignored.
  bool take_word(std::string_view word) {
    if (!istarts_with(rest(), word)) return false;
    at_ += word.size();
    return true;
  }
  // Takes the next `count` bytes, or what is left.
  std::string_view take_bytes(std::size_t count) {
    const std::string_view piece = text_.substr(at_, count);
    at_ += piece.size();
    return piece;
  }
  // Takes characters as long as `accepts` holds; may be empty.
  template <class Accepts>
  std::string_view take_while(Accepts accepts) {
    const std::size_t begin = at_;
    while (!at_end() && accepts(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  [[nodiscard]] SyntaxError expected(const char* what) const { return {at_, what}; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace courier
