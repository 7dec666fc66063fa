#include "runtime/testing/manual_loop.h"

#include "base/check.h"

namespace courier {

std::unique_ptr<Watch> ManualLoop::watch(int) {
  CHECK(false);
  return nullptr;
}

void ManualLoop::run_ready() {
  while (!jobs_.empty()) {
    Callback job = std::move(jobs_.front());
    jobs_.pop_front();
    job();
  }
}

void ManualLoop::step_to(Instant at) {
  if (at > now_) {
    wall_ = wall_ + (at - now_);
    now_ = at;
  }
  run_due_timers();
  run_ready();
}

void ManualLoop::advance(Duration duration) {
  const Instant end = now_ + duration;
  run_ready();
  while (next_timer().at <= end) step_to(next_timer().at);
  step_to(end);
}

void ManualLoop::run() {
  stopped_ = false;
  while (!stopped_) {
    if (!jobs_.empty()) {
      Callback job = std::move(jobs_.front());
      jobs_.pop_front();
      job();
      continue;
    }
    CHECK(!next_timer().is_never());
    const Instant at = next_timer().at;
    if (at > now_) {
      wall_ = wall_ + (at - now_);
      now_ = at;
    }
    run_due_timers();
  }
}

}  // namespace courier
