#include "daemons/auth/hash_gate.h"

namespace courier::auth {

struct HashGate::Job {
  std::uint64_t kib = 0;
  std::function<void()> work;
  CellRef done = make_cell();
};

HashGate::HashGate(Loop& loop, Pool& pool, std::uint64_t memory_kib, std::size_t longest_line)
    : pool_(pool), memory_(memory_kib), longest_line_(longest_line), running_(loop, no_exceptions()) {}

Task<bool> HashGate::run(std::uint64_t kib, std::function<void()> work) {
  if (line_.size() >= longest_line_) co_return false;
  const auto job = std::make_shared<Job>();
  job->kib = kib;
  job->work = std::move(work);
  line_.push_back(job);
  start_next();
  co_await job->done;
  co_return true;
}

void HashGate::start_next() {
  while (!line_.empty() && (used_ == 0 || used_ + line_.front()->kib <= memory_)) {
    const auto job = std::move(line_.front());
    line_.pop_front();
    used_ += job->kib;
    running_.spawn(perform(job));
  }
}

Task<> HashGate::perform(std::shared_ptr<Job> job) {
  co_await pool_.run([job] { job->work(); });
  used_ -= job->kib;
  start_next();
  // Last: the asker goes on inside this call.
  job->done->complete();
}

}  // namespace courier::auth
