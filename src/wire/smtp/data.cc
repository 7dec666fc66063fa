#include "wire/smtp/data.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace courier::smtp {

namespace {

// Every CR has its LF behind it and every LF its CR before it. `lines` ends in LF. Written for the vectors of the processor: no early end.
bool only_crlf(std::string_view lines) {
  bool bare = lines.front() == '\n';
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) bare |= (lines[i] == '\r') != (lines[i + 1] == '\n');
  return !bare;
}

}  // namespace

// The lines whose end has come: one look at all of them, then one memchr and one copy for each. Nothing when there is a fault in one.
void DataDecoder::take_lines(std::string_view& input, std::string& out) {
  const std::size_t size = input.rfind('\n') + 1;
  if (size == 0 || !only_crlf(input.substr(0, size))) return;
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + size, [&](char* text, std::size_t) {
    char* end = text + before;
    for (std::size_t left = size; left > 0 && state_ != State::Finished;) {
      const std::string_view line = input.substr(0, input.find('\n') + 1);
      input.remove_prefix(line.size());
      left -= line.size();
      end = take_line(line, end);
    }
    return end - text;
  });
}

// `line` ends in CRLF. Gives the end of what it wrote.
char* DataDecoder::take_line(std::string_view line, char* to) {
  const bool dot = line.front() == '.' && state_ == State::LineStart && framing_ == Framing::Dots;
  state_ = dot && line.size() == 3 ? State::Finished : State::LineStart;
  if (state_ == State::Finished) return to;
  to = std::copy(line.begin() + (dot ? 1 : 0), line.end() - 2, to);
  *to++ = '\n';
  return to;
}

void DataDecoder::feed(std::string_view& input, std::string& out) {
  const auto next_byte = [&] {
    const char c = input.front();
    input.remove_prefix(1);
    take_byte(c, out);
  };
  // What a CR or a dot at the end of the last input meant.
  while (!input.empty() && (state_ == State::Cr || state_ == State::Dot || state_ == State::DotCr)) next_byte();
  if (!bare_ && state_ != State::Finished) take_lines(input, out);
  // The beginning of a line, and what has a fault in it.
  while (!input.empty() && state_ != State::Finished) next_byte();
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
