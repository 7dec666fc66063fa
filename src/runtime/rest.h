// Rest: gives memory back when a busy time is over, the start among them.
#pragma once

#include <functional>

#include "runtime/loop.h"

namespace courier {

// It looks every second while the process works, and every few seconds else: a second with hardly any processor time, after a time
// with enough of it, is rest. So what it costs to take the memory again is a small part of what was worked.
class Rest {
 public:
  struct Machine {
    std::function<Duration()> used;  // processor time of the whole process
    std::function<void()> give_back;
  };
  explicit Rest(Loop& loop);  // on the real machine: platform::give_back_memory()
  Rest(Loop& loop, Machine machine);
  ~Rest();
  Rest(const Rest&) = delete;
  Rest& operator=(const Rest&) = delete;

 private:
  void look();
  void look_after(Duration pause);

  Loop& loop_;
  Machine machine_;
  Duration used_;       // when it looked last
  Duration rested_at_;  // processor time when memory was given back last
  TimerId timer_;
};

}  // namespace courier
