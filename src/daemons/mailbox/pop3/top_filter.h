// TOP's cut (RFC 1939, section 7): the header, the empty line behind it and the first lines of the body. LF line ends; the
// bytes may come in any pieces.
#pragma once

#include <cstdint>
#include <string_view>

namespace courier::mailbox {

class TopFilter {
 public:
  explicit TopFilter(std::uint32_t lines) : left_(lines) {}

  // How many octets of this piece belong to the answer. Once it is fewer than there are, done().
  [[nodiscard]] std::size_t take(std::string_view piece);
  [[nodiscard]] bool done() const { return done_; }

 private:
  std::uint32_t left_;        // body lines
  bool in_body_ = false;
  bool line_empty_ = true;    // nothing but CR so far in this line
  bool done_ = false;
};

}  // namespace courier::mailbox
