// Mail data on the wire (RFC 5321, section 4.5.2): CRLF line ends and dot transparency outside, LF inside.
//
// Only CRLF ends a line and only CRLF.CRLF the data. A bare CR or LF anywhere is a fault; the data is still read to its
// end, so that what follows it cannot pass for commands (SMTP smuggling). Bytes may come in any pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace courier::smtp {

class DataDecoder {
 public:
  enum class Framing {
    Dots,    // DATA: dot transparency, ended by CRLF.CRLF
    Chunks,  // BDAT: plain bytes, ended by the caller (RFC 3030)
  };
  explicit DataDecoder(Framing framing = Framing::Dots) : framing_(framing) {}

  // Appends what `input` means to `out` and moves it behind what was taken: behind the end of the data when finished(),
  // else to its end. After a fault nothing more is appended.
  void feed(std::string_view& input, std::string& out);
  // Chunks: the last one is in. A last line without CRLF gets its LF; a CR at the very end is a fault.
  void end(std::string& out);

  [[nodiscard]] bool finished() const { return state_ == State::Finished; }
  [[nodiscard]] bool bare_line_end() const { return bare_; }

 private:
  enum class State : std::uint8_t { LineStart, Middle, Cr, Dot, DotCr, Finished };
  void take_lines(std::string_view& input, std::string& out);
  [[nodiscard]] char* take_line(std::string_view line, char* to);
  void take_byte(char c, std::string& out);
  void put(std::string_view bytes, std::string& out) {
    if (!bare_) out += bytes;
  }

  Framing framing_;
  State state_ = State::LineStart;
  bool bare_ = false;
};

// The other way: LF becomes CRLF (what is CRLF already stays), a dot at the front of a line is doubled. POP3's multi-line
// answers are the same (RFC 1939, section 3).
class DataEncoder {
 public:
  // Appends `text` to `out`.
  void feed(std::string_view text, std::string& out);
  // Appends the end of the data; a last line without LF gets one first.
  void finish(std::string& out);

 private:
  bool line_start_ = true;
  bool after_cr_ = false;
};

// Some byte is above 127.
[[nodiscard]] bool has_eight_bit(std::string_view bytes);

}  // namespace courier::smtp
