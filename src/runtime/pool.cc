#include "runtime/pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"

namespace courier {

namespace {

class ThreadPool final : public Pool {
 public:
  ThreadPool(Loop& loop, int threads) : loop_(loop), most_(static_cast<std::size_t>(threads)) { CHECK(threads > 0); }
  ~ThreadPool() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  void submit(Callback job) override {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    // Threads are made when there is work for them: a daemon that never blocks has none.
    if (!ending_ && idle_ == 0 && threads_.size() < most_) {
      threads_.emplace_back([this] { work(); });
    } else {
      wake_.notify_one();
    }
  }
  Loop& loop() override { return loop_; }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      while (jobs_.empty() && !ending_) {
        ++idle_;
        wake_.wait(lock);
        --idle_;
      }
      if (ending_) return;
      Callback job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      job = Callback();
      lock.lock();
    }
  }

  Loop& loop_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Callback> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ending_ = false;
};

class InlinePool final : public Pool {
 public:
  explicit InlinePool(Loop& loop) : loop_(loop) {}
  void submit(Callback job) override { loop_.post(std::move(job)); }
  Loop& loop() override { return loop_; }

 private:
  Loop& loop_;
};

}  // namespace

std::unique_ptr<Pool> make_pool(Loop& loop, int threads) { return std::make_unique<ThreadPool>(loop, threads); }
std::unique_ptr<Pool> make_inline_pool(Loop& loop) { return std::make_unique<InlinePool>(loop); }

struct Strand::State {
  explicit State(Pool& p) : pool(p) {}
  Pool& pool;
  std::mutex mutex;
  std::deque<Callback> jobs;
  bool running = false;  // a pool job of this strand exists

  // Runs one job, then goes to the end of the pool's queue: a busy strand does not hold a thread for ever.
  static void work(const std::shared_ptr<State>& state) {
    Callback job;
    {
      const std::lock_guard lock(state->mutex);
      job = std::move(state->jobs.front());
      state->jobs.pop_front();
    }
    job();
    const std::lock_guard lock(state->mutex);
    if (state->jobs.empty()) {
      state->running = false;
    } else {
      state->pool.submit([state] { work(state); });
    }
  }
};

Strand::Strand(Pool& pool) : state_(std::make_shared<State>(pool)) {}
Strand::~Strand() = default;

void Strand::submit(Callback job) {
  const std::lock_guard lock(state_->mutex);
  state_->jobs.push_back(std::move(job));
  if (state_->running) return;
  state_->running = true;
  state_->pool.submit([state = state_] { State::work(state); });
}

bool Strand::idle() const {
  const std::lock_guard lock(state_->mutex);
  return !state_->running;
}

Loop& Strand::loop() const { return state_->pool.loop(); }

}  // namespace courier
