#include "daemons/mailbox/pop3/top_filter.h"

namespace courier::mailbox {

std::size_t TopFilter::take(std::string_view piece) {
  std::size_t at = 0;
  while (!done_ && at < piece.size()) {
    if (in_body_ && left_ == 0) {
      done_ = true;
      break;
    }
    const std::size_t lf = piece.find('\n', at);
    const std::size_t end = lf == std::string_view::npos ? piece.size() : lf;
    line_empty_ = line_empty_ && piece.substr(at, end - at).find_first_not_of('\r') == std::string_view::npos;
    if (lf == std::string_view::npos) return piece.size();
    if (in_body_) {
      --left_;
    } else {
      in_body_ = line_empty_;
    }
    line_empty_ = true;
    at = lf + 1;
  }
  return at;
}

}  // namespace courier::mailbox
