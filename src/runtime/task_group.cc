#include "runtime/task_group.h"

#include <list>

namespace courier {

struct TaskGroup::State : std::enable_shared_from_this<State> {
  struct Entry final : TaskOwner {
    Entry(State& s, Task<> t) : state(s), task(std::move(t)) {}
    void task_ended() noexcept override { state.ended_one(*this); }
    State& state;
    Task<> task;
    std::list<Entry>::iterator place;
  };

  State(Loop& l, ErrorHandler& h) : loop(l), handler(h) {}
  void ended_one(Entry& entry);
  void erase(std::list<Entry> gone);
  [[nodiscard]] std::size_t size() const { return running.size() + ended.size(); }

  Loop& loop;
  ErrorHandler& handler;
  std::list<Entry> running;
  std::list<Entry> ended;           // to be erased by post: they are on the stack
  const Entry* starting = nullptr;  // the one that spawn() starts
  CellRef empty;                    // completed when the last task is erased
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
  for (auto* entries : {&state_->running, &state_->ended}) {
    while (!entries->empty()) {
      const Task<> task = std::move(entries->front().task);
      entries->pop_front();
    }
  }
}

void TaskGroup::State::ended_one(Entry& entry) {
  try {
    entry.task.take();
  } catch (...) {
    handler.task_failed(std::current_exception());
  }
  if (starting == &entry) return;  // spawn() erases it
  ended.splice(ended.end(), running, entry.place);
  if (ended.size() > 1) return;
  loop.post([weak = weak_from_this()] {
    if (const auto state = weak.lock()) state->erase(std::exchange(state->ended, {}));
  });
}

void TaskGroup::State::erase(std::list<Entry> gone) {
  gone.clear();
  if (size() == 0 && empty) empty->complete(1);
}

void TaskGroup::spawn(Task<> task) {
  const auto place = state_->running.emplace(state_->running.end(), *state_, std::move(task));
  place->place = place;
  const auto state = state_;  // whoever waits for the last task may end the group
  const State::Entry* const outer = std::exchange(state->starting, &*place);
  place->task.start(&*place);
  state->starting = outer;
  if (!place->task.done()) return;
  std::list<State::Entry> gone;
  gone.splice(gone.end(), state->running, place);
  state->erase(std::move(gone));
}

std::size_t TaskGroup::size() const { return state_->size(); }

Task<bool> TaskGroup::wait_empty(Deadline deadline) {
  if (state_->size() == 0) co_return true;
  const CellRef empty = make_cell();
  state_->empty = empty;
  TimerId timer;
  if (!deadline.is_never()) timer = state_->loop.add_timer(deadline.at, [empty] { empty->complete(0); });
  const int outcome = co_await CellRef(empty);
  state_->loop.cancel_timer(timer);
  co_return outcome == 1;
}

}  // namespace courier
