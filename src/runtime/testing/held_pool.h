// HeldPool: keeps jobs until the test lets them run, one at a time, on the test's thread.
#pragma once

#include <deque>
#include <utility>

#include "runtime/pool.h"

namespace courier {

class HeldPool final : public Pool {
 public:
  explicit HeldPool(Loop& loop) : loop_(loop) {}
  void submit(Callback job) override { jobs.push_back(std::move(job)); }
  Loop& loop() override { return loop_; }
  // There is one.
  void run_one() {
    Callback job = std::move(jobs.front());
    jobs.pop_front();
    job();
  }
  std::deque<Callback> jobs;

 private:
  Loop& loop_;
};

}  // namespace courier
