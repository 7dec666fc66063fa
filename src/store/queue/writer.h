// Writer: the loop's side of the spool. One pool thread at a time works on it: it takes what waits, makes one transaction of
// it (group commit), answers all at once, and goes on until nothing waits. A change once handed over is carried out although its
// caller is gone. The thread is woken at the end of the loop's turn: what was handed over in one turn goes together. With the inline
// pool of tests everything happens on the loop, in order.
//
// Submits (changes that only add messages) are what a client waits for: a transaction takes all that wait, and beside them only some
// of the outcomes, so that no wave of outcomes keeps them waiting. Submits among themselves, and outcomes and visits among themselves,
// keep their order; a submit may overtake outcomes and visits. That is no change of a message that is here overtaking another: of a
// message to be added nobody knows the number before its receipt, so that all further changes of it are handed over later; and all
// changes of messages that are here are outcomes (change.h) and stay in order.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>

#include "runtime/loop.h"
#include "runtime/pool.h"
#include "runtime/task.h"
#include "store/queue/spool.h"

namespace courier::spool {

// A change handed over, or a visit. Ends when the change is committed or refused: `receipt` says which. Until then it is the thread's.
struct Commit final : Cell {
  Change change;
  Receipt receipt;

 private:
  friend class Writer;
  [[nodiscard]] bool is_submit() const { return !visit && !change.is_outcome(); }
  std::move_only_function<void(Spool&)> visit;  // instead of a change
  std::size_t weight = 0;
  std::int64_t now_us = 0;
  std::uint64_t turn = 0;  // counts up with each that is handed over
};
using CommitRef = RefTo<Commit>;

class Writer {
 public:
  // `pool` outlives the writer and has a thread free for it.
  Writer(Pool& pool, std::unique_ptr<Spool> spool);
  ~Writer();  // waits for nothing; what was handed over is carried out as long as the pool lives
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // What is given up by its waiter is committed all the same.
  [[nodiscard]] CommitRef commit(Change change);
  // Runs `function(Spool&)` between two transactions, when all that was handed over before is committed, and gives its result on the loop.
  template <class F>
  [[nodiscard]] auto run(F function) -> Task<std::invoke_result_t<F, Spool&>> {
    using T = std::invoke_result_t<F, Spool&>;
    const auto result = std::make_shared<std::optional<T>>();
    co_await visit([result, function = std::move(function)](Spool& spool) mutable { result->emplace(function(spool)); });
    co_return std::move(**result);
  }
  // Changes and visits that wait for their turn.
  [[nodiscard]] std::size_t waiting() const;
  // Large bodies may be handled by other threads meanwhile.
  [[nodiscard]] Bodies& bodies();
  [[nodiscard]] std::uint64_t free_bytes() const;  // as of the last transaction
  // Told once, on the loop, when the database turned out to be damaged: nothing more is committed.
  void on_damage(std::function<void(const std::string&)> told);

 private:
  [[nodiscard]] CommitRef visit(std::move_only_function<void(Spool&)> job);
  struct State;
  void hand_over(CommitRef item);
  std::shared_ptr<State> state_;
};

}  // namespace courier::spool
