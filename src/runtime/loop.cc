#include "runtime/loop.h"

#include <chrono>
#include <map>

namespace courier {

struct Loop::Timers {
  std::map<TimerId, Callback> jobs;
  std::uint64_t last_number = 0;
};

Loop::Loop() : timers_(std::make_unique<Timers>()) {}
Loop::~Loop() = default;

TimerId Loop::add_timer(Instant at, Callback job) {
  const TimerId id{.at = at, .number = ++timers_->last_number};
  const auto [place, added] = timers_->jobs.emplace(id, std::move(job));
  if (place == timers_->jobs.begin()) timer_changed();
  return id;
}

void Loop::cancel_timer(TimerId timer) {
  const auto place = timers_->jobs.find(timer);
  if (place == timers_->jobs.end()) return;
  const bool earliest = place == timers_->jobs.begin();
  // The job's destructor may add or cancel timers: take it out of the map first.
  const Callback job = std::move(place->second);
  timers_->jobs.erase(place);
  if (earliest) timer_changed();
}

void Loop::run_due_timers() {
  // Jobs may cancel other timers that are due as well; only what is still in the map runs. A job that adds a timer for
  // "now" is served in the next round, so that a loop of such timers cannot starve everything else.
  const Instant due = now();
  const std::uint64_t last = timers_->last_number;
  while (!timers_->jobs.empty()) {
    auto place = timers_->jobs.begin();
    while (place != timers_->jobs.end() && place->first.at <= due && place->first.number > last) ++place;
    if (place == timers_->jobs.end() || place->first.at > due) break;
    Callback job = std::move(place->second);
    timers_->jobs.erase(place);
    job();
  }
  timer_changed();
}

Instant RealLoop::now() const {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}

WallTime RealLoop::wall_now() const {
  return {std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

Deadline Loop::next_timer() const { return timers_->jobs.empty() ? Deadline::never() : Deadline{timers_->jobs.begin()->first.at}; }

namespace {

// Completes when its timer fires; cancels it when the waiter goes away.
struct SleepCell final : Cell {
  explicit SleepCell(Loop& l) : loop(l) {}
  void abandoned() override { loop.cancel_timer(timer); }
  Loop& loop;
  TimerId timer;
};

}  // namespace

Task<> Loop::sleep_until(Instant at) {
  auto* cell = new SleepCell(*this);
  const CellRef ref(cell);
  cell->timer = add_timer(at, [ref] { ref->complete(); });
  co_await ref;
}

}  // namespace courier
