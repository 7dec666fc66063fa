#include "wire/smtp/data.h"

#include <cstring>
#include <utility>

namespace courier::smtp {

// Whole lines in one step each: two memchr and one append. Stops in front of what does not fit this: a dot, a bare CR or LF,
// a line whose end has not come.
void DataDecoder::take_lines(std::string_view& input, std::string& out) {
  while (!input.empty() && (framing_ == Framing::Chunks || input.front() != '.' || state_ == State::Middle)) {
    const auto* lf = static_cast<const char*>(std::memchr(input.data(), '\n', input.size()));
    const std::size_t length = lf ? static_cast<std::size_t>(lf - input.data()) : input.size();
    const auto* cr = static_cast<const char*>(std::memchr(input.data(), '\r', length));
    const std::size_t plain = cr ? static_cast<std::size_t>(cr - input.data()) : length;
    put(input.substr(0, plain), out);
    if (plain > 0) state_ = State::Middle;
    input.remove_prefix(plain);
    if (!lf || plain + 1 != length) return;  // the rest, byte by byte
    put("\n", out);
    input.remove_prefix(2);
    state_ = State::LineStart;
  }
}

void DataDecoder::feed(std::string_view& input, std::string& out) {
  while (!input.empty() && state_ != State::Finished) {
    // After a fault there is nothing to append, and many bare line ends would be looked for again and again.
    if (!bare_ && (state_ == State::LineStart || state_ == State::Middle)) take_lines(input, out);
    if (input.empty()) return;
    const char c = input.front();
    input.remove_prefix(1);
    take_byte(c, out);
  }
}

void DataDecoder::take_byte(char c, std::string& out) {
  switch (state_) {
    case State::LineStart:
      if (c == '.' && framing_ == Framing::Dots) {
        state_ = State::Dot;
        return;
      }
      [[fallthrough]];
    case State::Middle:
      if (c == '\n') bare_ = true;
      state_ = c == '\r' ? State::Cr : State::Middle;
      if (c != '\r') put({&c, 1}, out);
      return;
    case State::Cr:
      if (c == '\n') {
        put("\n", out);
        state_ = State::LineStart;
        return;
      }
      bare_ = true;
      state_ = c == '\r' ? State::Cr : State::Middle;
      return;
    case State::Dot:
      // The first dot of a line is dropped, whatever follows (RFC 5321, section 4.5.2).
      if (c == '\r') {
        state_ = State::DotCr;
        return;
      }
      if (c == '\n') bare_ = true;
      state_ = State::Middle;
      put({&c, 1}, out);
      return;
    case State::DotCr:
      if (c == '\n') {
        state_ = State::Finished;
        return;
      }
      bare_ = true;
      state_ = c == '\r' ? State::Cr : State::Middle;
      return;
    case State::Finished: return;
  }
}

void DataDecoder::end(std::string& out) {
  if (state_ == State::Cr) bare_ = true;
  if (state_ == State::Middle) put("\n", out);
  state_ = State::Finished;
}

void DataEncoder::feed(std::string_view text, std::string& out) {
  while (!text.empty()) {
    if (line_start_ && text.front() == '.') out += '.';
    const auto* lf = static_cast<const char*>(std::memchr(text.data(), '\n', text.size()));
    const std::size_t length = lf ? static_cast<std::size_t>(lf - text.data()) : text.size();
    out += text.substr(0, length);
    if (length > 0) after_cr_ = text[length - 1] == '\r';
    line_start_ = lf != nullptr;
    if (lf) out += std::exchange(after_cr_, false) ? "\n" : "\r\n";
    text.remove_prefix(lf ? length + 1 : length);
  }
}

void DataEncoder::finish(std::string& out) {
  out += line_start_ ? ".\r\n" : "\r\n.\r\n";
  line_start_ = true;
  after_cr_ = false;
}

bool has_eight_bit(std::string_view bytes) {
  unsigned char all = 0;
  for (const char c : bytes) all |= static_cast<unsigned char>(c);
  return (all & 0x80u) != 0;
}

}  // namespace courier::smtp
