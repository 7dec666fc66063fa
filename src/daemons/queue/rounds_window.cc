// The window: which messages are in memory, and the reading of those that are due.
#include <algorithm>
#include <utility>

#include "daemons/queue/rounds.h"

namespace courier::queue {

void Rounds::start(MessagePtr message) {
  window_[message->id()] = message;
  parts_.probe.window(window_.size(), parts_.slots.running(Transport::Local), parts_.slots.running(Transport::Remote));
  tasks_.spawn(run(std::move(message)));
}

MessagePtr Rounds::find(const std::string& id) const {
  const auto place = window_.find(id);
  return place == window_.end() ? nullptr : place->second;
}

void Rounds::drop(const MessagePtr& message) {
  window_.erase(message->id());
  parts_.probe.window(window_.size(), parts_.slots.running(Transport::Local), parts_.slots.running(Transport::Remote));
  wake_waiters();
  // Room again, and perhaps more on disk than fitted before.
  if (next_due_us_ != 0 && window_.size() < static_cast<std::size_t>(parts_.settings.window_low)) arm(next_due_us_);
}

void Rounds::park(const MessagePtr& message) {
  drop(message);
  waits_until(message->due_us);
}

void Rounds::waits_until(std::int64_t due_us) {
  if (next_due_us_ == 0 || due_us < next_due_us_) arm(due_us);
}

// One timer, for the earliest message on disk. Without room in the window it is set again when there is some.
void Rounds::arm(std::int64_t due_us) {
  next_due_us_ = std::max<std::int64_t>(due_us, 1);
  if (armed_for_ == next_due_us_) return;
  parts_.loop.cancel_timer(std::exchange(timer_, {}));
  armed_for_ = 0;
  if (draining_ || loading_ || full()) return;
  const std::int64_t wait_us = std::max<std::int64_t>(due_us - parts_.loop.wall_now().microseconds, 0);
  // Not longer than a minute: the wall clock may be set meanwhile.
  const Duration wait = std::min(microseconds(std::min<std::int64_t>(wait_us, 60'000'000)), seconds(60));
  armed_for_ = next_due_us_;
  timer_ = parts_.loop.add_timer(parts_.loop.now() + wait, [this] {
    armed_for_ = 0;
    if (next_due_us_ > parts_.loop.wall_now().microseconds) return arm(next_due_us_);
    tasks_.spawn(load());
  });
}

Task<> Rounds::load() {
  if (loading_ || draining_ || full()) co_return;
  loading_ = true;
  const std::int64_t now_us = parts_.loop.wall_now().microseconds;
  next_due_us_ = 0;
  std::set<spool::Number> skip;
  for (const auto& [id, message] : window_) skip.insert(message->number);
  const std::size_t most = static_cast<std::size_t>(parts_.settings.window_high) - window_.size();
  auto due = co_await parts_.writer.run([now_us, most, skip](spool::Spool& spool) { return spool.due(now_us, most, skip); });
  loading_ = false;
  if (!due) {
    parts_.probe.spool_trouble("read due messages", due.error());
    arm(now_us + 10'000'000);
    co_return;
  }
  for (const spool::Stored& stored : due->messages) {
    MessagePtr message = read_message(stored);
    if (!message) {
      parts_.probe.unreadable(stored.number);
    } else if (!find(message->id())) {
      start(std::move(message));
    }
  }
  // What became due on disk while the spool was read is in next_due_us_ already.
  std::int64_t next = due->next_due_us.value_or(0);
  if (next_due_us_ != 0 && (next == 0 || next_due_us_ < next)) next = next_due_us_;
  if (next != 0) arm(next);
}

Task<Rounds::Hold> Rounds::hold(std::string id) {
  for (;;) {
    Hold result{.message = find(id), .lock = {}, .brought = false};
    if (!result.message) {
      auto stored = co_await parts_.writer.run([id](spool::Spool& spool) { return spool.find(id); });
      if (find(id)) continue;  // it came due meanwhile
      if (stored && *stored) result.message = read_message(**stored);
      if (!result.message) co_return result;
      window_[id] = result.message;
      result.brought = true;
    }
    co_await unlocked(result.message);
    result.lock.emplace(result.message);
    if (find(id) == result.message) co_return result;
    // Its round ended while we waited for the lock: it is on the disk again, or has left.
  }
}

Task<> Rounds::room(Deadline deadline) {
  while (full() && parts_.loop.now() < deadline.at) {
    const CellRef cell = make_cell();
    wait_for_room_.push_back(cell);
    const TimerId timer = parts_.loop.add_timer(deadline.at, [cell] { cell->complete(); });
    co_await cell;
    parts_.loop.cancel_timer(timer);
  }
}

}  // namespace courier::queue
