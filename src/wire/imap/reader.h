// CommandReader: finds the end of a command in the bytes that come, however they are cut. It keeps the bytes of the command that
// is under way and nothing between commands.
//
// A line ends in CRLF; a lone LF is taken as well, since nothing that matters hangs on it here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/imap/limits.h"

namespace courier::imap {

class CommandReader {
 public:
  enum class Step : std::uint8_t {
    NeedMore,  // everything was taken
    Continue,  // a literal was announced and the client waits for "+ "; then feed() again
    Append,    // text() is an APPEND up to its message's mark; the message's bytes are next in the input and not for feed()
    Complete,  // text() is the command
    TooLong,   // the command was longer than allowed, or had too many literals, and has been skipped; text() is its beginning
  };

  explicit CommandReader(const Limits& limits) : limits_(limits) {}

  // Takes from the front of `in` what belongs to this command. After Append, Complete and TooLong call reset() before feed().
  [[nodiscard]] Step feed(std::string_view& in);
  // Without the line end.
  [[nodiscard]] const std::string& text() const { return text_; }
  // A command has begun.
  [[nodiscard]] bool busy() const { return !text_.empty() || skipping_; }
  // Forgets the command and gives its memory back.
  void reset();

 private:
  Step take_line(std::string_view& in);
  Step end_of_line();
  void begin_skipping();

  const Limits& limits_;
  std::string text_;
  std::size_t line_begin_ = 0;     // in text_
  std::uint64_t literal_left_ = 0;
  std::size_t literals_ = 0;       // of this command so far
  bool skipping_ = false;          // too long: text_ no longer grows, of the line only its end is kept in tail_
  std::string tail_;
};

}  // namespace courier::imap
