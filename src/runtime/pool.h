// Pool: a few threads for work that blocks (files, SQLite, password hashes). A job owns its data: cancelling the waiter
// drops the answer, not the effect. In tests `inline_pool` runs jobs on the loop, in the order they came.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>

#include "runtime/loop.h"
#include "runtime/task.h"

namespace courier {

namespace pool_detail {

// What the job and the waiter share; the last of them frees it.
template <class T>
struct Outcome {
  std::optional<T> value;
  std::exception_ptr exception;
};
template <>
struct Outcome<void> {
  std::exception_ptr exception;
};

}  // namespace pool_detail

// A job that was submitted. Wait for `done`, then take() its result, once; whoever does neither drops the result, not the effect.
template <class T>
struct Pending {
  CellRef done;
  std::shared_ptr<pool_detail::Outcome<T>> outcome;
  // Throws what the job threw.
  T take() {
    if (outcome->exception) std::rethrow_exception(outcome->exception);
    if constexpr (!std::is_void_v<T>) return std::move(*outcome->value);
  }
};

class Pool {
 public:
  // On the loop's thread. Waits for jobs that have begun; those that have not are dropped.
  virtual ~Pool() = default;
  // Runs `job` on some thread.
  virtual void submit(Callback job) = 0;
  [[nodiscard]] virtual Loop& loop() = 0;

  // Runs `function` (no arguments, owns what it uses) on a pool thread and gives its result on the loop.
  template <class F>
  [[nodiscard]] auto run(F function) -> Task<std::invoke_result_t<F>>;
  // The same without waiting yet: `function` is submitted when this returns.
  template <class F>
  [[nodiscard]] auto start(F function) -> Pending<std::invoke_result_t<F>>;
};

[[nodiscard]] std::unique_ptr<Pool> make_pool(Loop& loop, int threads);
[[nodiscard]] std::unique_ptr<Pool> make_inline_pool(Loop& loop);

// Strand: jobs of one subject (an account, a folder) on a pool, one after another, in order.
class Strand {
 public:
  explicit Strand(Pool& pool);  // the pool outlives the strand
  ~Strand();                    // jobs already submitted still run
  template <class F>
  [[nodiscard]] auto run(F function) -> Task<std::invoke_result_t<F>>;
  template <class F>
  [[nodiscard]] auto start(F function) -> Pending<std::invoke_result_t<F>>;
  void submit(Callback job);
  [[nodiscard]] bool idle() const;
  [[nodiscard]] Loop& loop() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// --- implementation ---

namespace pool_detail {

template <class T, class F>
void perform(Outcome<T>& outcome, F& function) {
  try {
    if constexpr (std::is_void_v<T>) {
      function();
    } else {
      outcome.value.emplace(function());
    }
  } catch (...) {
    outcome.exception = std::current_exception();
  }
}

template <class F, class Submit>
auto start(Loop& loop, F function, Submit submit) -> Pending<std::invoke_result_t<F>> {
  using T = std::invoke_result_t<F>;
  // The cell's count is not atomic: the job hands its reference on, and only the loop's thread uses it, or drops it with a job that
  // never begins.
  Pending<T> pending{.done = make_cell(), .outcome = std::make_shared<Outcome<T>>()};
  Loop* home = &loop;
  submit(
      Callback([function = std::move(function), outcome = pending.outcome, held = std::make_unique<CellRef>(pending.done), home]() mutable {
        perform<T>(*outcome, function);
        home->post_from_any_thread(Callback([held = std::move(held), outcome] { (*held)->complete(); }));
      }));
  return pending;
}

// `submit` is called before the first suspension; whose member it is need not outlive that.
template <class F, class Submit>
auto run(Loop& loop, F function, Submit submit) -> Task<std::invoke_result_t<F>> {
  auto pending = start(loop, std::move(function), submit);
  co_await pending.done;
  co_return pending.take();
}

}  // namespace pool_detail

template <class F>
auto Pool::run(F function) -> Task<std::invoke_result_t<F>> {
  return pool_detail::run(loop(), std::move(function), [this](Callback job) { submit(std::move(job)); });
}

template <class F>
auto Pool::start(F function) -> Pending<std::invoke_result_t<F>> {
  return pool_detail::start(loop(), std::move(function), [this](Callback job) { submit(std::move(job)); });
}

template <class F>
auto Strand::start(F function) -> Pending<std::invoke_result_t<F>> {
  return pool_detail::start(loop(), std::move(function), [this](Callback job) { submit(std::move(job)); });
}

template <class F>
auto Strand::run(F function) -> Task<std::invoke_result_t<F>> {
  return pool_detail::run(loop(), std::move(function), [this](Callback job) { submit(std::move(job)); });
}

}  // namespace courier
