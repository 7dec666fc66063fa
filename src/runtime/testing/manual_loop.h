// ManualLoop: a loop whose clock stands still until a test moves it. Deterministic: jobs run in the order posted, timers
// in the order of their times. It has no descriptors; streams and channels are the in-memory ones.
#pragma once

#include <deque>

#include "runtime/loop.h"

namespace courier {

class ManualLoop final : public Loop {
 public:
  // Monotonic time starts at 1 s, the wall clock at 2026-01-05 10:00:00 UTC unless set.
  Instant now() const override { return now_; }
  WallTime wall_now() const override { return wall_; }
  void post(Callback job) override { jobs_.push_back(std::move(job)); }
  void post_from_any_thread(Callback job) override { post(std::move(job)); }
  std::unique_ptr<Watch> watch(int) override;

  // Runs posted jobs until none is left.
  void run_ready();
  // Moves the clock on in steps, running each timer at its time and everything it posts.
  void advance(Duration duration);
  // Sets the wall clock apart from the monotonic one (a clock jump).
  void set_wall(WallTime wall) { wall_ = wall; }

  // Runs jobs and, when there are none, jumps to the next timer, until stop(). CHECK fails when nothing is left to do.
  void run() override;
  void stop() override { stopped_ = true; }

 protected:
  void timer_changed() override {}

 private:
  void step_to(Instant at);
  Instant now_{1'000'000'000};
  WallTime wall_ = wall_seconds(1'767'607'200);
  std::deque<Callback> jobs_;
  bool stopped_ = false;
};

}  // namespace courier
