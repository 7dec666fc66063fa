// Signals as events of the loop.
#pragma once

#include <initializer_list>
#include <memory>

#include "runtime/loop.h"
#include "runtime/task.h"

namespace courier {

// Catches these signals as long as it lives; one object a process. SIGPIPE is ignored from then on, for good.
class Signals {
 public:
  Signals(Loop& loop, std::initializer_list<int> numbers);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // The next one that came, in order; signals that come while nobody waits are kept. One waiter.
  [[nodiscard]] Task<int> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace courier
