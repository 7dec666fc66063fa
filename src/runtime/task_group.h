// TaskGroup: concurrent work with an owner. It is the last member of its owner, so that its tasks are destroyed first.
#pragma once

#include <exception>
#include <memory>

#include "base/time.h"
#include "runtime/loop.h"
#include "runtime/task.h"

namespace courier {

class TaskGroup {
 public:
  // What to do with an exception that ended one task. Must not throw.
  class ErrorHandler {
   public:
    virtual ~ErrorHandler() = default;
    virtual void task_failed(std::exception_ptr error) = 0;
  };

  // `handler` outlives the group.
  TaskGroup(Loop& loop, ErrorHandler& handler);
  // Cancels what still runs. Must not be called from inside one of the group's tasks.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task` at once, before this returns. A finished task is erased at the end of spawn() or by post, never while it is on the stack.
  void spawn(Task<> task);
  [[nodiscard]] std::size_t size() const;

  // Waits until every task has ended; false when the deadline came first. One waiter at a time.
  [[nodiscard]] Task<bool> wait_empty(Deadline deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// The handler for groups whose tasks let no exception out: CHECK fails if one does.
TaskGroup::ErrorHandler& no_exceptions();

}  // namespace courier
