#include "runtime/pool.h"

#include <semaphore.h>

#include <cerrno>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"

namespace courier {

namespace {

// Idle threads are a stack: the one that slept last is the warmest. Each sleeps on a semaphore of its own and finds its job there,
// so that a submit wakes exactly one thread, which takes no lock.
class ThreadPool final : public Pool {
 public:
  ThreadPool(Loop& loop, int threads) : loop_(loop), most_(static_cast<std::size_t>(threads)) { CHECK(threads > 0); }
  ~ThreadPool() override {
    std::deque<Callback> dropped;  // not under the lock: what a job holds may submit when it goes
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      dropped.swap(jobs_);
      for (Worker* worker : std::exchange(idle_, {})) worker->wake.post();
    }
    for (const auto& worker : workers_) worker->thread.join();
  }

  void submit(Callback job) override {
    Worker* woken = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        woken = idle_.back();
        idle_.pop_back();
        woken->job = std::move(job);
      } else {
        jobs_.push_back(std::move(job));
        // Threads are made when there is work for them: a daemon that never blocks has none.
        if (!ending_ && workers_.size() < most_) add_worker();
      }
    }
    if (woken) woken->wake.post();
  }
  Loop& loop() override { return loop_; }

 private:
  // sem_t, because a condition variable wakes through its mutex, and std::binary_semaphore spins with sched_yield first.
  class Semaphore {
   public:
    Semaphore() { CHECK(::sem_init(&semaphore_, 0, 0) == 0); }
    ~Semaphore() { ::sem_destroy(&semaphore_); }
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;
    void post() { CHECK(::sem_post(&semaphore_) == 0); }
    void wait() {
      while (::sem_wait(&semaphore_) != 0) CHECK(errno == EINTR);
    }

   private:
    sem_t semaphore_;
  };
  struct Worker {
    Semaphore wake;
    Callback job;  // given by submit() to an idle worker; empty after the pool's end
    std::thread thread;
  };

  void add_worker() {
    workers_.push_back(std::make_unique<Worker>());
    Worker* worker = workers_.back().get();
    worker->thread = std::thread([this, worker] { work(*worker); });
  }

  void work(Worker& me) {
    while (Callback job = next(me)) {
      job();
    }
  }

  // The next job; none when the pool ends.
  Callback next(Worker& me) {
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return {};
      if (!jobs_.empty()) {
        Callback job = std::move(jobs_.front());
        jobs_.pop_front();
        return job;
      }
      idle_.push_back(&me);
    }
    me.wake.wait();
    return std::exchange(me.job, {});
  }

  Loop& loop_;
  const std::size_t most_;
  std::mutex mutex_;
  std::deque<Callback> jobs_;      // while no thread is idle
  std::vector<Worker*> idle_;
  std::vector<std::unique_ptr<Worker>> workers_;
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
