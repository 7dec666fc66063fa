#include "runtime/task_group.h"

#include <list>

namespace courier {

struct TaskGroup::State {
  State(Loop& l, ErrorHandler& h) : loop(l), handler(h) {}
  Loop& loop;
  ErrorHandler& handler;
  std::list<Task<>> tasks;
  CellRef empty;  // completed when the last task is erased
};

namespace {

class NoExceptions final : public TaskGroup::ErrorHandler {
 public:
  void task_failed(std::exception_ptr error) override { CHECK(error == nullptr); }
};

}  // namespace

TaskGroup::ErrorHandler& no_exceptions() {
  static NoExceptions handler;
  return handler;
}

TaskGroup::TaskGroup(Loop& loop, ErrorHandler& handler) : state_(std::make_shared<State>(loop, handler)) {}

TaskGroup::~TaskGroup() {
  // Destroying a task may run destructors that look at the group: take them out one by one.
  while (!state_->tasks.empty()) {
    const Task<> task = std::move(state_->tasks.front());
    state_->tasks.pop_front();
  }
}

namespace {

// Runs the work, hands an exception to the handler, then asks for its own erasure by post.
Task<> guard(Task<> work, TaskGroup::ErrorHandler& handler, Callback finished, Loop& loop) {
  try {
    co_await std::move(work);
  } catch (...) {
    handler.task_failed(std::current_exception());
  }
  loop.post(std::move(finished));
}

}  // namespace

void TaskGroup::spawn(Task<> task) {
  auto& tasks = state_->tasks;
  const auto place = tasks.emplace(tasks.end());
  const std::weak_ptr<State> weak = state_;
  *place = guard(
      std::move(task), state_->handler,
      [weak, place] {
        const auto state = weak.lock();
        if (!state) return;
        state->tasks.erase(place);
        if (state->tasks.empty() && state->empty) state->empty->complete(1);
      },
      state_->loop);
  place->start();
}

std::size_t TaskGroup::size() const { return state_->tasks.size(); }

Task<bool> TaskGroup::wait_empty(Deadline deadline) {
  if (state_->tasks.empty()) co_return true;
  const CellRef empty = make_cell();
  state_->empty = empty;
  TimerId timer;
  if (!deadline.is_never()) timer = state_->loop.add_timer(deadline.at, [empty] { empty->complete(0); });
  const int outcome = co_await CellRef(empty);
  state_->loop.cancel_timer(timer);
  co_return outcome == 1;
}

}  // namespace courier
