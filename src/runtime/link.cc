#include "runtime/link.h"

namespace courier {

void Link::attach(ChannelPtr channel) {
  if (channel_) {
    channel_->close();
    // The old channel may be on the stack: it is destroyed by post.
    loop_.post([old = std::move(channel_)] {});
  }
  channel_ = std::move(channel);
  ++generation_;
  if (serve_) serve_(*channel_);
  const auto waiting = std::move(waiting_);
  waiting_.clear();
  for (const CellRef& cell : waiting) loop_.post([cell] { cell->complete(); });
}

Channel* Link::channel() const { return channel_ && !channel_->closed() ? channel_.get() : nullptr; }

Task<ChannelResult<void>> Link::wait_attached(Deadline deadline) {
  while (!channel()) {
    const CellRef cell = make_cell();
    waiting_.push_back(cell);
    TimerId timer;
    if (!deadline.is_never()) timer = loop_.add_timer(deadline.at, [cell] { cell->complete(1); });
    const int outcome = co_await cell;
    loop_.cancel_timer(timer);
    if (outcome != 0) co_return fail(ChannelFault::TimedOut);
  }
  co_return ChannelResult<void>{};
}

Task<ChannelResult<Payload>> Link::call_raw(std::uint16_t type, Payload request, Deadline deadline) {
  if (!channel()) {
    const auto attached = co_await wait_attached(deadline);
    if (!attached) co_return fail(attached.error());
  }
  const std::shared_ptr<Channel> keep = channel_;  // re-attaching must not destroy it under this call
  co_return co_await keep->call_raw(type, std::move(request), deadline);
}

void Link::notify_raw(std::uint16_t type, Payload notice) {
  if (Channel* c = channel()) c->notify_raw(type, std::move(notice));
}

}  // namespace courier
