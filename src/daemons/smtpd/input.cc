#include "daemons/smtpd/input.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace courier::smtpd {

std::string_view Input::bytes() const { return buffer_ ? std::string_view(buffer_->data() + begin_, end_ - begin_) : std::string_view{}; }

std::optional<Result<std::string_view, InputFault>> Input::try_line(std::size_t limit) {
  const std::string_view unread = bytes();
  if (unread.size() == scanned_) return std::nullopt;
  const std::string_view fresh = unread.substr(scanned_);
  const auto* lf = static_cast<const char*>(std::memchr(fresh.data(), '\n', fresh.size()));
  const std::size_t length = lf ? static_cast<std::size_t>(lf - unread.data()) : unread.size();
  // A CR counts as bare when something else than LF is known to follow it.
  const std::size_t cr = unread.substr(0, length).find('\r', scanned_ > 0 ? scanned_ - 1 : 0);
  const bool bare_cr = cr != std::string_view::npos && cr + 1 < length;
  if (bare_cr || (lf && cr == std::string_view::npos)) return fail(InputFault::BareLineEnd);
  if (lf) {
    begin_ += length + 1;
    scanned_ = 0;
    if (std::exchange(skipping_, false) || length + 1 > limit) return fail(InputFault::TooLong);
    return unread.substr(0, length - 1);
  }
  scanned_ = unread.size();
  if (unread.size() > limit) {
    // Only a CR at the very end still matters.
    skipping_ = true;
    begin_ = end_ - 1;
    scanned_ = 1;
  }
  return std::nullopt;
}

Task<Result<std::string_view, InputFault>> Input::line(std::size_t limit, Deadline deadline) {
  for (;;) {
    if (auto line = try_line(limit)) co_return *line;
    if (auto more = co_await fill(deadline); !more) co_return fail(more.error());
  }
}

Task<Result<void, InputFault>> Input::fill(Deadline deadline) {
  if (!more_waits_) co_return read(co_await readable(deadline));
  set_aside();
  co_return read({});
}

Task<IoResult<void>> Input::readable(Deadline deadline) {
  set_aside();
  return stream_->readable(deadline);
}

void Input::set_aside() {
  kept_.assign(bytes());
  begin_ = end_ = 0;
  buffers_.give_back(std::move(buffer_));
}

Result<void, InputFault> Input::read(const IoResult<void>& ready) {
  more_waits_ = false;
  if (!ready) return fail(ready.error() == IoFault::TimedOut ? InputFault::TimedOut : InputFault::Closed);
  buffer_ = buffers_.borrow();
  std::memcpy(buffer_->data(), kept_.data(), kept_.size());
  end_ = kept_.size();
  kept_.clear();
  const std::span<char> room = std::span(*buffer_).subspan(end_);
  const auto got = stream_->read_now(room);
  if (!got && got.error() == IoFault::WouldBlock) return {};
  if (!got) return fail(InputFault::Closed);
  end_ += *got;
  more_waits_ = *got == room.size();
  return {};
}

void Input::discard() {
  begin_ = end_ = scanned_ = 0;
  kept_ = {};
  skipping_ = more_waits_ = false;
}

}  // namespace courier::smtpd
