#include "runtime/task_group.h"

#include <list>

namespace courier {

struct TaskGroup::State : std::enable_shared_from_this<State> {
  State(Loop& l, ErrorHandler& h) : loop(l), handler(h) {}
  static Task<> guard(Task<> work, State& state, std::list<Task<>>::iterator place);
  void erase(std::list<Task<>>::iterator place);
  void erase_later(std::list<Task<>>::iterator place);
  Loop& loop;
  ErrorHandler& handler;
  std::list<Task<>> tasks;
  const Task<>* starting = nullptr;  // the one that spawn() starts
  CellRef empty;                     // completed when the last task is erased
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

// Runs the work, hands an exception to the handler, then asks for its own erasure, unless spawn() sees its end. The state outlives it:
// its tasks end first.
Task<> TaskGroup::State::guard(Task<> work, State& state, std::list<Task<>>::iterator place) {
  try {
    co_await std::move(work);
  } catch (...) {
    state.handler.task_failed(std::current_exception());
  }
  if (state.starting != &*place) state.erase_later(place);
}

void TaskGroup::State::erase(std::list<Task<>>::iterator place) {
  tasks.erase(place);
  if (tasks.empty() && empty) empty->complete(1);
}

// By post: the task is on the stack.
void TaskGroup::State::erase_later(std::list<Task<>>::iterator place) {
  loop.post([weak = weak_from_this(), place] {
    if (const auto state = weak.lock()) state->erase(place);
  });
}

void TaskGroup::spawn(Task<> task) {
  const auto place = state_->tasks.emplace(state_->tasks.end());
  *place = State::guard(std::move(task), *state_, place);
  const auto state = state_;  // whoever waits for the last task may end the group
  const Task<>* const outer = std::exchange(state->starting, &*place);
  place->start();
  state->starting = outer;
  if (place->done()) state->erase(place);
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
