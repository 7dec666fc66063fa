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

void Link::begin(CallRef call, std::uint16_t type, Payload request, Deadline deadline) {
  if (Channel* c = channel()) {
    c->begin(std::move(call), type, std::move(request), deadline);
  } else {
    tasks_.spawn(begin_later(std::move(call), type, std::move(request), deadline));
  }
}

Task<> Link::begin_later(CallRef call, std::uint16_t type, Payload request, Deadline deadline) {
  const auto attached = co_await wait_attached(deadline);
  if (!attached) {
    call->end(fail(attached.error()));
  } else if (!call->over()) {
    begin(std::move(call), type, std::move(request), deadline);
  }
}

void Link::notify_raw(std::uint16_t type, Payload notice) {
  if (Channel* c = channel()) c->notify_raw(type, std::move(notice));
}

}  // namespace courier
