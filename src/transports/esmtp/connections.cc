#include "transports/esmtp/connections.h"

namespace courier::esmtp {

namespace {
constexpr Duration sweep_interval = seconds(1);
}

// A place in a line. When the one who waits is gone after being called, the next is called instead.
class Connections::Place final : public Cell {
 public:
  Place(Connections& owner, std::string key) : owner_(&owner), key_(std::move(key)) { ++owner.waiting_; }
  void abandoned() override {
    leave();
    if (called_ && owner_) owner_->wake(key_);
  }
  // The wait is over, in whatever way.
  void leave() {
    if (!gone_ && owner_) --owner_->waiting_;
    gone_ = true;
  }
  void call(Loop& loop) {
    called_ = true;
    loop.post([self = CellRef(this)] { self->complete(static_cast<int>(Readiness::Ready)); });
  }
  [[nodiscard]] bool gone() const { return gone_; }
  [[nodiscard]] bool called() const { return called_; }
  void orphan() { owner_ = nullptr; }

 private:
  Connections* owner_;
  std::string key_;
  bool called_ = false, gone_ = false;
};

Connections::Connections(Loop& loop, Probe& probe, Limits limits)
    : loop_(loop), probe_(probe), limits_(limits), quitting_(loop, no_exceptions()) {}

Connections::~Connections() {
  loop_.cancel_timer(sweep_timer_);
  for (auto& [key, site] : sites_) {
    for (const CellRef& place : site.line) static_cast<Place&>(*place.get()).orphan();
  }
  for (const CellRef& place : line_for_any_) static_cast<Place&>(*place.get()).orphan();
}

Task<std::optional<Connections::Lease>> Connections::acquire(std::string key, bool fresh, Deadline deadline) {
  // Those who came before are served before; who was called and found nothing goes back to the front.
  for (bool called = false;; called = true) {
    Site& site = sites_[key];
    if (called || nobody_waits(site.line)) {
      if (auto lease = take(key, site, fresh)) co_return lease;
    }
    auto& line = site.open >= limits_.per_key || !site.line.empty() ? site.line : line_for_any_;
    const CellRef cell(new Place(*this, key));
    called ? line.push_front(cell) : line.push_back(cell);
    if (!co_await wait_in_line(cell, deadline)) {
      if (static_cast<Place&>(*cell.get()).called()) wake(key);
      co_return std::nullopt;
    }
  }
}

std::optional<Connections::Lease> Connections::take(const std::string& key, Site& site, bool fresh) {
  if (!fresh) {
    if (auto session = take_idle(key, site)) {
      probe_.reused();
      return Lease(*this, key, std::move(session));
    }
  }
  if (!make_room(site)) return std::nullopt;
  ++site.open;
  ++open_;
  probe_.connections(open_, idle_);
  return Lease(*this, key, nullptr);
}

bool Connections::nobody_waits(std::deque<CellRef>& line) {
  while (!line.empty() && static_cast<Place&>(*line.front().get()).gone()) line.pop_front();
  return line.empty();
}

// False: the deadline came before the call.
Task<bool> Connections::wait_in_line(CellRef cell, Deadline deadline) {
  TimerId timer;
  if (!deadline.is_never()) {
    timer = loop_.add_timer(deadline.at, [cell] { cell->complete(static_cast<int>(Readiness::TimedOut)); });
  }
  const int outcome = co_await cell;
  loop_.cancel_timer(timer);
  static_cast<Place&>(*cell.get()).leave();
  co_return outcome == static_cast<int>(Readiness::Ready);
}

std::unique_ptr<Session> Connections::take_idle(const std::string& key, Site& site) {
  while (!site.idle.empty()) {
    std::unique_ptr<Session> session = std::move(site.idle.back());
    site.idle.pop_back();
    --idle_;
    if (session->idle_and_alive()) {
      probe_.connections(open_, idle_);
      return session;
    }
    probe_.stale();
    --site.open;
    left();
    wake(key);
  }
  return nullptr;
}

// Room for one more connection, if need be instead of one that idles.
bool Connections::make_room(Site& site) {
  if (site.open >= limits_.per_key) {
    if (site.idle.empty()) return false;
    close_one_idle(site);
  }
  return open_ < limits_.in_all || close_oldest_idle();
}

void Connections::close_one_idle(Site& site) {
  retire(std::move(site.idle.front()));
  site.idle.pop_front();
  --idle_;
  --site.open;
  left();
}

bool Connections::close_oldest_idle() {
  Site* oldest = nullptr;
  for (auto& [key, site] : sites_) {
    if (!site.idle.empty() && (!oldest || site.idle.front()->idle_since < oldest->idle.front()->idle_since)) oldest = &site;
  }
  if (!oldest) return false;
  close_one_idle(*oldest);
  return true;
}

void Connections::left() {
  --open_;
  probe_.connections(open_, idle_);
}

void Connections::give_back(const std::string& key) {
  --sites_[key].open;
  left();
  wake(key);
}

void Connections::Lease::keep() {
  if (!owner_ || !session_ || session_->ended) return;
  Connections* owner = std::exchange(owner_, nullptr);
  owner->put_idle(key_, std::move(session_));
}

void Connections::put_idle(const std::string& key, std::unique_ptr<Session> session) {
  session->idle_since = loop_.now();
  sites_[key].idle.push_back(std::move(session));
  ++idle_;
  probe_.connections(open_, idle_);
  arm_sweep();
  wake(key);
}

bool Connections::call_first(std::deque<CellRef>& line) {
  if (nobody_waits(line)) return false;
  const CellRef cell = std::move(line.front());
  line.pop_front();
  static_cast<Place&>(*cell.get()).call(loop_);
  return true;
}

// Something for this key came free: for the first in its line, or else for the first of those who wait for any.
void Connections::wake(const std::string& key) {
  const auto site = sites_.find(key);
  if (site == sites_.end() || !call_first(site->second.line)) call_first(line_for_any_);
}

void Connections::arm_sweep() {
  if (sweep_timer_.number != 0) return;
  sweep_timer_ = loop_.add_timer(loop_.now() + sweep_interval, [this] {
    sweep_timer_ = {};
    sweep();
  });
}

// Closes what has idled long enough or was closed by the other side, and forgets sites without connections.
void Connections::sweep() {
  const Instant now = loop_.now();
  for (auto entry = sites_.begin(); entry != sites_.end();) {
    Site& site = entry->second;
    for (std::size_t i = 0; i < site.idle.size();) {
      const bool alive = site.idle[i]->idle_and_alive();
      if (alive && now - site.idle[i]->idle_since < limits_.keep_idle) {
        ++i;
        continue;
      }
      if (alive) retire(std::move(site.idle[i]));
      site.idle.erase(site.idle.begin() + static_cast<std::ptrdiff_t>(i));
      --idle_;
      --site.open;
      left();
      wake(entry->first);
    }
    entry = site.open == 0 && nobody_waits(site.line) ? sites_.erase(entry) : std::next(entry);
  }
  if (idle_ > 0) arm_sweep();
}

void Connections::retire(std::unique_ptr<Session> session) { quitting_.spawn(quit(std::move(session))); }

Task<> Connections::quit(std::unique_ptr<Session> session) {
  const auto answer = co_await session->ask("QUIT", "QUIT", loop_.in(limits_.quit_timeout));
  if (answer) session->ended = true;
}

Task<bool> Connections::close_idle(Deadline deadline) {
  for (auto& [key, site] : sites_) {
    while (!site.idle.empty()) close_one_idle(site);
  }
  co_return co_await quitting_.wait_empty(deadline);
}

}  // namespace courier::esmtp
