// Pool: a few threads for work that blocks (files, SQLite, password hashes). A job owns its data: cancelling the waiter
// drops the answer, not the effect. In tests `inline_pool` runs jobs on the loop, in the order they came.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>

#include "runtime/loop.h"
#include "runtime/task.h"

namespace courier {

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
  void submit(Callback job);
  [[nodiscard]] bool idle() const;
  [[nodiscard]] Loop& loop() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// --- implementation ---

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

// `submit` is called before the first suspension; whose member it is need not outlive that.
template <class F, class Submit>
auto run(Loop& loop, F function, Submit submit) -> Task<std::invoke_result_t<F>> {
  using T = std::invoke_result_t<F>;
  const auto outcome = std::make_shared<Outcome<T>>();
  // The cell's count is not atomic: the job hands its reference on, and only the loop's thread uses it, or drops it with a job that
  // never begins.
  const CellRef cell = make_cell();
  Loop* home = &loop;
  submit(Callback([function = std::move(function), outcome, held = std::make_unique<CellRef>(cell), home]() mutable {
    perform<T>(*outcome, function);
    home->post_from_any_thread(Callback([held = std::move(held), outcome] { (*held)->complete(); }));
  }));
  co_await cell;
  if (outcome->exception) std::rethrow_exception(outcome->exception);
  if constexpr (!std::is_void_v<T>) co_return std::move(*outcome->value);
}

}  // namespace pool_detail

template <class F>
auto Pool::run(F function) -> Task<std::invoke_result_t<F>> {
  return pool_detail::run(loop(), std::move(function), [this](Callback job) { submit(std::move(job)); });
}

template <class F>
auto Strand::run(F function) -> Task<std::invoke_result_t<F>> {
  return pool_detail::run(loop(), std::move(function), [this](Callback job) { submit(std::move(job)); });
}

}  // namespace courier
