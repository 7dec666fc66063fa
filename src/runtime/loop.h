// Loop: one thread's events: jobs posted, timers, readiness of descriptors. Abstract, so that tests drive a clock of
// their own: `make_loop()` is the real one (runtime/linux/loop.cc, runtime/portable/loop.cc), `ManualLoop` in
// runtime/testing/manual_loop.h the other.
//
// Everything except post_from_any_thread() belongs to the loop's own thread.
#pragma once

#include <cstdint>
#include <memory>

#include "base/callback.h"
#include "base/time.h"
#include "runtime/task.h"

namespace courier {

// Why a wait for a descriptor ended.
enum class Readiness : int { Ready = 0, TimedOut = 1, Canceled = 2 };
enum class Direction { Read, Write };

// One descriptor's registration with the loop. Does not own the descriptor; destroy it before the descriptor is closed.
// A read wait and a write wait may be pending at the same time, by one coroutine each. Cancelling one leaves the other.
class Watch {
 public:
  virtual ~Watch() = default;
  // The cell completes with a Readiness. Destroying the waiting coroutine cancels just this wait.
  [[nodiscard]] virtual CellRef wait(Direction direction, Deadline deadline) = 0;
  // Ends the pending wait of that direction with Readiness::Canceled.
  virtual void cancel(Direction direction) = 0;
};

class TimerId {
 public:
  auto operator<=>(const TimerId&) const = default;
  Instant at{};
  std::uint64_t number = 0;  // 0: none
};

class Loop {
 public:
  Loop();
  virtual ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual WallTime wall_now() const = 0;
  [[nodiscard]] Deadline in(Duration duration) const { return {now() + duration}; }

  // Runs `job` later, on this loop's thread, in the order posted.
  virtual void post(Callback job) = 0;
  // The same from another thread, which ends before the loop does.
  virtual void post_from_any_thread(Callback job) = 0;

  // Runs `job` at or soon after `at`, never inside this call. A cancelled timer's job is destroyed and never runs, even
  // if its time has already passed.
  TimerId add_timer(Instant at, Callback job);
  void cancel_timer(TimerId timer);

  // Waits until `at`.
  [[nodiscard]] Task<> sleep_until(Instant at);
  [[nodiscard]] Task<> sleep(Duration duration) { return sleep_until(now() + duration); }

  // Real loops only; a manual loop fails CHECK.
  [[nodiscard]] virtual std::unique_ptr<Watch> watch(int fd) = 0;

  // Runs until stop() is called.
  virtual void run() = 0;
  virtual void stop() = 0;

 protected:
  // For implementations: called when the earliest timer changed; runs all that are due; when the next one is.
  virtual void timer_changed() = 0;
  void run_due_timers();
  [[nodiscard]] Deadline next_timer() const;

 private:
  struct Timers;
  std::unique_ptr<Timers> timers_;
};

// What every real loop has: the machine's clocks.
class RealLoop : public Loop {
 public:
  [[nodiscard]] Instant now() const final;
  [[nodiscard]] WallTime wall_now() const final;
};

[[nodiscard]] std::unique_ptr<Loop> make_loop();

// Runs `task` on `loop` until it is done and returns its value; for main() and tests.
template <class T>
T run_until_done(Loop& loop, Task<T> task);

// --- implementation ---

template <class T>
T run_until_done(Loop& loop, Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    struct Runner {
      static Task<> go(Loop& l, Task<>& t, std::exception_ptr& error) {
        try {
          co_await std::move(t);
        } catch (...) {
          error = std::current_exception();
        }
        l.stop();
      }
    };
    std::exception_ptr error;
    Task<> runner = Runner::go(loop, task, error);
    loop.post([&] { runner.start(); });
    loop.run();
    if (error) std::rethrow_exception(error);
  } else {
    struct Runner {
      static Task<> go(Task<T>& t, std::optional<T>& v) { v.emplace(co_await std::move(t)); }
    };
    std::optional<T> value;
    run_until_done(loop, Runner::go(task, value));
    return std::move(*value);
  }
}

}  // namespace courier
