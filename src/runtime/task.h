// Task<T>: a coroutine that is lazy, move-only, owned work.
//
// It starts when awaited (or when a TaskGroup runs it). Destroying one that waits cancels it: its locals are destroyed
// from the innermost frame outwards, and whatever it waited for is told through its Cell. Destroying one that is running
// fails CHECK. One thread per loop; nothing here is shared between threads.
//
// A coroutine awaits two kinds of things only: another Task, and a Cell (what a completion and a waiter share).
// Coroutines are functions or member functions; a reference parameter names something that outlives the await.
#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

#include "base/check.h"

namespace courier {

// Who started a task without awaiting it, and is told when it has ended: a TaskGroup. It may not destroy the task there.
class TaskOwner {
 public:
  virtual void task_ended() noexcept = 0;

 protected:
  ~TaskOwner() = default;
};

namespace task_detail {
struct Promise {
  std::coroutine_handle<> continuation{};  // who awaits this task
  Promise* parent = nullptr;               // its promise, if it is a task
  TaskOwner* owner = nullptr;              // instead of them
  std::exception_ptr exception;
  bool running = false;
};
}  // namespace task_detail

// What a completion holds instead of the coroutine: a small counted heap cell. The completion may come before, while or
// after somebody waits, or never; the waiter may be destroyed at any time. `outcome` is what the completion says.
class Cell {
 public:
  Cell() = default;
  Cell(const Cell&) = delete;
  Cell& operator=(const Cell&) = delete;
  virtual ~Cell() = default;

  // Ends the wait: resumes the waiter, if there is one, before it returns. Later calls do nothing.
  void complete(int outcome = 0);
  [[nodiscard]] bool completed() const { return completed_; }
  [[nodiscard]] int outcome() const { return outcome_; }

  // Told when the waiter was destroyed before completion: the place to cancel the operation.
  virtual void abandoned() {}

 private:
  friend class CellRef;
  friend class CellAwaiter;
  std::uint32_t references_ = 0;
  bool completed_ = false;
  int outcome_ = 0;
  std::coroutine_handle<> waiter_{};
  task_detail::Promise* waiter_promise_ = nullptr;
};

// A counted reference to a Cell; awaiting it gives the outcome. Only one coroutine may wait for a cell at a time.
class CellRef {
 public:
  CellRef() = default;
  explicit CellRef(Cell* cell) : cell_(cell) {
    if (cell_) ++cell_->references_;
  }
  CellRef(const CellRef& other) : CellRef(other.cell_) {}
  CellRef(CellRef&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  CellRef& operator=(CellRef other) noexcept {
    std::swap(cell_, other.cell_);
    return *this;
  }
  ~CellRef() {
    if (cell_ && --cell_->references_ == 0) delete cell_;
  }

  [[nodiscard]] Cell* get() const { return cell_; }
  Cell* operator->() const { return cell_; }
  [[nodiscard]] explicit operator bool() const { return cell_ != nullptr; }

 private:
  Cell* cell_ = nullptr;
};

// The same for one kind of cell, whose members it gives.
template <class C>
class RefTo : public CellRef {
 public:
  RefTo() = default;
  explicit RefTo(C* cell) : CellRef(cell) {}
  [[nodiscard]] C* get() const { return static_cast<C*>(CellRef::get()); }
  C* operator->() const { return get(); }
};

[[nodiscard]] inline CellRef make_cell() { return CellRef(new Cell); }

class CellAwaiter {
 public:
  CellAwaiter(CellRef cell, task_detail::Promise& promise) : cell_(std::move(cell)), promise_(promise) {}
  CellAwaiter(const CellAwaiter&) = delete;
  CellAwaiter& operator=(const CellAwaiter&) = delete;
  ~CellAwaiter() {
    if (!waiting_) return;
    cell_->waiter_ = nullptr;
    cell_->abandoned();
  }
  [[nodiscard]] bool await_ready() const { return cell_->completed_; }
  void await_suspend(std::coroutine_handle<> waiter) {
    CHECK(!cell_->waiter_);
    cell_->waiter_ = waiter;
    cell_->waiter_promise_ = &promise_;
    waiting_ = true;
    promise_.running = false;
  }
  int await_resume() {
    waiting_ = false;
    return cell_->outcome_;
  }

 private:
  CellRef cell_;
  task_detail::Promise& promise_;
  bool waiting_ = false;
};

inline void Cell::complete(int outcome) {
  if (completed_) return;
  completed_ = true;
  outcome_ = outcome;
  if (!waiter_) return;
  const CellRef keep(this);
  waiter_promise_->running = true;
  std::exchange(waiter_, nullptr).resume();
}

template <class T>
class Task;

namespace task_detail {

template <class T>
class Awaiter;

struct FinalAwaiter {
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) const noexcept {
    Promise& promise = done.promise();
    promise.running = false;
    if (promise.parent) promise.parent->running = true;
    if (promise.owner) promise.owner->task_ended();
    return promise.continuation ? promise.continuation : std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};

template <class T>
struct PromiseBase : Promise {
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }

  [[nodiscard]] CellAwaiter await_transform(CellRef cell) { return {std::move(cell), *this}; }
  template <class U>
  [[nodiscard]] Awaiter<U> await_transform(Task<U>&& task) {
    return Awaiter<U>(std::move(task), *this);
  }
};

template <class T>
struct TaskPromise : PromiseBase<T> {
  std::optional<T> value;
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
};

template <>
struct TaskPromise<void> : PromiseBase<void> {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
};

}  // namespace task_detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = task_detail::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    Task old(std::move(*this));
    handle_ = std::exchange(other.handle_, nullptr);
    return *this;
  }
  ~Task() {
    if (!handle_) return;
    CHECK(!handle_.promise().running);
    handle_.destroy();
  }

  [[nodiscard]] explicit operator bool() const { return handle_ != nullptr; }
  [[nodiscard]] bool done() const { return handle_ && handle_.done(); }

  // Starts it without awaiting: for TaskGroup and for tests. Once only. The owner outlives it.
  void start(TaskOwner* owner = nullptr) {
    handle_.promise().owner = owner;
    handle_.promise().running = true;
    handle_.resume();
  }
  // After done(): the value, or the exception thrown again.
  T take() {
    auto& promise = handle_.promise();
    if (promise.exception) std::rethrow_exception(promise.exception);
    if constexpr (!std::is_void_v<T>) return std::move(*promise.value);
  }
  [[nodiscard]] Handle handle() const { return handle_; }

 private:
  Handle handle_;
};

namespace task_detail {

template <class T>
class Awaiter {
 public:
  Awaiter(Task<T>&& task, Promise& parent) : task_(std::move(task)), parent_(parent) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    auto& promise = task_.handle().promise();
    promise.continuation = waiter;
    promise.parent = &parent_;
    promise.running = true;
    parent_.running = false;
    return task_.handle();
  }
  T await_resume() { return task_.take(); }

 private:
  Task<T> task_;
  Promise& parent_;
};

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace task_detail

}  // namespace courier
