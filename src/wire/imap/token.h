// The tokens of IMAP (RFC 3501, section 9), read from one whole command: its line with every literal in place, that is
// "{3}\r\nabc" or "{3+}\r\nabc" (RFC 7888), without the line end that closes it.
//
// Tokens keeps the first error: after it every call gives an empty value and takes nothing, so that a production reads
// like its grammar and its caller asks ok() once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/imap/limits.h"
#include "wire/text/cursor.h"

namespace courier::imap {

[[nodiscard]] bool is_atom_char(char c);
[[nodiscard]] bool is_astring_char(char c);  // ATOM-CHAR / resp-specials

class Tokens {
 public:
  Tokens(std::string_view text, const Limits& limits) : in_(text), limits_(limits) {}

  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] const SyntaxError& error() const { return error_; }
  [[nodiscard]] const Limits& limits() const { return limits_; }
  // Remembers that `expected` is missing here.
  void fail(const char* expected);

  [[nodiscard]] char peek() const { return failed_ ? '\0' : in_.peek(); }
  [[nodiscard]] bool at_end() const { return failed_ || in_.at_end(); }
  [[nodiscard]] std::size_t offset() const { return in_.offset(); }
  // Optional: takes it if it is there.
  [[nodiscard]] bool take(char c) { return !failed_ && in_.take(c); }
  [[nodiscard]] bool take_word(std::string_view word) { return !failed_ && in_.take_word(word); }
  // Required.
  void need(char c, const char* expected);
  void sp() { need(' ', "space"); }
  void end();

  // 1*ATOM-CHAR
  [[nodiscard]] std::string atom();
  // atom / quoted / literal, where an atom may contain "]"
  [[nodiscard]] std::string astring();
  // quoted / literal
  [[nodiscard]] std::string string();
  // string / "NIL"
  [[nodiscard]] std::optional<std::string> nstring();
  // 0 ... 2^32-1
  [[nodiscard]] std::uint32_t number();
  // 1 ... 2^32-1
  [[nodiscard]] std::uint32_t nz_number();
  // Characters of `accepts`, at least one.
  template <class Accepts>
  [[nodiscard]] std::string_view word(Accepts accepts, const char* expected) {
    if (failed_) return {};
    const std::string_view found = in_.take_while(accepts);
    if (found.empty()) fail(expected);
    return found;
  }

 private:
  std::string quoted();
  std::string literal();

  Cursor in_;
  const Limits& limits_;
  bool failed_ = false;
  SyntaxError error_;
};

// A literal's announcement at the end of a line: "{310}" or "{310+}".
struct LiteralMark {
  std::uint64_t size = 0;
  bool synchronizing = true;
  std::size_t length = 0;  // of the mark itself
};
[[nodiscard]] std::optional<LiteralMark> literal_at_end(std::string_view line);

// As a quoted string where that can hold it (RFC 3501, section 4.3), else as a literal. In commands the literal is
// non-synchronizing, in responses there is only one kind.
void append_string(std::string& out, std::string_view text);
void append_command_string(std::string& out, std::string_view text);
void append_nstring(std::string& out, const std::optional<std::string>& text);

}  // namespace courier::imap
