#include "daemons/queue/slots.h"

#include <utility>
#include <vector>

namespace courier::queue {
namespace {

enum Answer : int { Granted = 0, Paused = 1 };

constexpr Duration long_line = minutes(1);

}  // namespace

// What stands in a host's line. One whose coroutine was destroyed is passed over.
struct Slots::Waiter final : Cell {
  void abandoned() override { gone = true; }
  bool gone = false;
};

Slots::Slot::~Slot() {
  if (slots_ != nullptr) slots_->release(transport_, host_);
}

void Slots::set_limits(Transport transport, SlotLimits limits) {
  lane(transport).limits = limits;
  grant(lane(transport));
}

Slots::Host& Slots::host(Lane& lane, const std::string& name) {
  const auto [place, added] = lane.hosts.try_emplace(name);
  // New ones come last: from there they are moved to the head in their turn.
  if (added) place->second.place = lane.order.insert(lane.order.end(), name);
  return place->second;
}

std::optional<Slots::Slot> Slots::try_acquire(Transport transport, const std::string& name) {
  Lane& mine = lane(transport);
  Host& wanted = host(mine, name);
  Slot none;
  if (wanted.paused_until > loop_.now()) {
    none.paused_until = wanted.paused_until;
    return none;
  }
  if (mine.running < mine.limits.running && wanted.running < mine.limits.per_host && wanted.waiting.empty()) {
    ++mine.running;
    ++wanted.running;
    return Slot(*this, transport, name);
  }
  if (wanted.waiting.size() < mine.limits.waiting_per_host) return std::nullopt;
  none.paused_until = loop_.now() + long_line;
  return none;
}

Task<Slots::Slot> Slots::acquire(Transport transport, std::string name) {
  if (auto slot = try_acquire(transport, name)) co_return std::move(*slot);
  Lane& mine = lane(transport);
  const CellRef cell(new Waiter);
  host(mine, name).waiting.push_back(cell);
  ++mine.waiting;
  const int answer = co_await cell;
  if (answer == Granted) co_return Slot(*this, transport, std::move(name));
  Slot none;
  none.paused_until = host(mine, name).paused_until;
  co_return none;
}

void Slots::release(Transport transport, const std::string& name) {
  Lane& mine = lane(transport);
  Host& ended = host(mine, name);
  --mine.running;
  --ended.running;
  if (!ended.waiting.empty()) mine.order.splice(mine.order.begin(), mine.order, ended.place);
  if (++mine.ended % 2 == 0) mine.order.splice(mine.order.begin(), mine.order, std::prev(mine.order.end()));
  forget(mine, name);
  if (mine.waiting > 0) grant(mine);
}

// Gives what is free, by post: who gets a slot must not run inside someone else's release.
void Slots::grant(Lane& mine) {
  for (const std::string& name : mine.order) {
    if (mine.running >= mine.limits.running) return;
    Host& next = mine.hosts.at(name);
    while (!next.waiting.empty() && mine.running < mine.limits.running && next.running < mine.limits.per_host) {
      const CellRef cell = std::move(next.waiting.front());
      next.waiting.pop_front();
      --mine.waiting;
      if (static_cast<Waiter*>(cell.get())->gone) continue;
      ++mine.running;
      ++next.running;
      loop_.post([cell] { cell->complete(Granted); });
    }
  }
}

void Slots::pause(Transport transport, const std::string& name, Duration time) {
  Lane& mine = lane(transport);
  Host& paused = host(mine, name);
  paused.paused_until = std::max(paused.paused_until, loop_.now() + time);
  const auto waiting = std::exchange(paused.waiting, {});
  mine.waiting -= waiting.size();
  for (const CellRef& cell : waiting) loop_.post([cell] { cell->complete(Paused); });
}

void Slots::forget(Lane& mine, const std::string& name) {
  const auto place = mine.hosts.find(name);
  const Host& idle = place->second;
  if (idle.running != 0 || !idle.waiting.empty() || idle.paused_until > loop_.now()) return;
  mine.order.erase(idle.place);
  mine.hosts.erase(place);
}

std::size_t Slots::running(Transport transport) const { return lane(transport).running; }
std::size_t Slots::waiting(Transport transport) const { return lane(transport).waiting; }

}  // namespace courier::queue
