#include "wire/pop3/line_reader.h"

#include <algorithm>
#include <utility>

namespace courier::pop3 {

LineReader::Outcome LineReader::feed(std::string_view& input) {
  if (std::exchange(complete_, false)) {
    line_.clear();
    too_long_ = false;
  }
  const std::size_t end = input.find('\n');
  const std::string_view piece = input.substr(0, end);
  // One octet more than allowed is kept: it may be the CR of the end.
  const std::size_t room = limit_ + 1 - std::min(limit_ + 1, line_.size());
  too_long_ = too_long_ || piece.size() > room;
  line_ += piece.substr(0, room);
  input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  if (end == std::string_view::npos) return Outcome::NeedMore;
  complete_ = true;
  if (!too_long_ && line_.ends_with('\r')) line_.pop_back();
  if (too_long_ || line_.size() > limit_) return Outcome::TooLong;
  return line_.find_first_of(std::string_view("\r\0", 2)) == std::string::npos ? Outcome::Line : Outcome::Malformed;
}

}  // namespace courier::pop3
