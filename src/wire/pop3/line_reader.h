// Lines from a POP3 client, from bytes in any pieces. A line ends in LF, with or without a CR before it: a client sends no
// message text, so nothing can be smuggled. A CR elsewhere, or NUL, makes the line Malformed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace courier::pop3 {

class LineReader {
 public:
  enum class Outcome {
    NeedMore,   // `input` is empty
    Line,       // line() is one
    TooLong,    // a line beyond the limit came to its end
    Malformed,  // so did one with characters that no line has
  };

  // `limit`: octets of a line without its end. RFC 2449 asks for 255, SASL responses for more.
  explicit LineReader(std::size_t limit = 512) : limit_(limit) {}

  // Takes bytes from the front of `input`, up to the end of a line.
  [[nodiscard]] Outcome feed(std::string_view& input);
  [[nodiscard]] const std::string& line() const { return line_; }
  void set_limit(std::size_t limit) { limit_ = limit; }

 private:
  std::size_t limit_;
  std::string line_;
  bool complete_ = true;  // line_ was given out
  bool too_long_ = false;
};

}  // namespace courier::pop3
