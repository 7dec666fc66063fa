// HashGate: password hashes on a pool, within a bound of memory. Who does not fit in waits in line; a line that is too
// long is refused at once. The work goes on to its end although its asker may be gone: the memory is counted until then.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "runtime/loop.h"
#include "runtime/pool.h"
#include "runtime/task_group.h"

namespace courier::auth {

class HashGate {
 public:
  // `pool` outlives the gate.
  HashGate(Loop& loop, Pool& pool, std::uint64_t memory_kib, std::size_t longest_line = 2000);

  // Runs `work` on the pool as soon as `kib` of memory are free (more than the whole bound: when nothing else runs).
  // False: the line is too long, and `work` was not run. `work` owns what it uses; its results lie in shared state.
  [[nodiscard]] Task<bool> run(std::uint64_t kib, std::function<void()> work);
  [[nodiscard]] std::uint64_t in_use_kib() const { return used_; }
  [[nodiscard]] std::size_t waiting() const { return line_.size(); }

 private:
  struct Job;
  Task<> perform(std::shared_ptr<Job> job);
  void start_next();

  Pool& pool_;
  std::uint64_t memory_, used_ = 0;
  std::size_t longest_line_;
  std::deque<std::shared_ptr<Job>> line_;
  TaskGroup running_;
};

}  // namespace courier::auth
