// From bytes as stored (LF) to octets as sent (CRLF): a LF without a CR before it is two octets, all else is as it stands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace courier::message {

// Piece by piece; any split gives the same.
class CrlfWriter {
 public:
  // `before`: the byte that stands before the first piece.
  explicit CrlfWriter(char before = '\0') : last_(before) {}
  void write(std::string_view stored, std::string& out);

 private:
  char last_;
};

// LFs in `stored` that have no CR before them; `before` as above.
[[nodiscard]] std::uint64_t count_lone_lf(std::string_view stored, char before = '\0');

// How far into `stored` a number of octets on the wire goes.
struct WirePlace {
  std::uint64_t stored = 0;     // bytes before the place
  std::uint64_t octets = 0;     // octets before it: as many as asked for, unless `stored` ended first
  bool inside_line_end = false; // the place is between the CR and the LF that one stored LF becomes
};
[[nodiscard]] WirePlace find_octet(std::string_view stored, std::uint64_t octets, char before = '\0');

}  // namespace courier::message
