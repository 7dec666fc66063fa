#include "runtime/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "runtime/task_group.h"

namespace courier {
namespace {

int slow() {
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  return 1;
}
Task<> count(Pool& pool, int& done) {
  done += co_await pool.run([] { return slow(); });
}

Task<> stop_after(Loop& loop, CellRef done) {
  co_await done;
  loop.stop();
}

// Begins without being waited for; what it throws is thrown where its result is taken.
TEST(Pool, StartsWithoutWaiting) {
  const auto loop = make_loop();
  const auto pool = make_pool(*loop, 1);
  std::atomic<int> ran = 0;
  auto value = pool->start([&ran] { return ++ran; });
  auto thrown = Strand(*pool).start([&ran]() -> int { throw std::runtime_error(std::to_string(++ran)); });
  (void)pool->start([&ran] { ++ran; });  // dropped: the effect, not the job
  while (ran != 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_FALSE(value.done->completed());
  TaskGroup waiting(*loop, no_exceptions());
  waiting.spawn(stop_after(*loop, thrown.done));
  loop->run();
  EXPECT_TRUE(value.done->completed());
  EXPECT_EQ(value.take(), 1);
  EXPECT_THROW((void)thrown.take(), std::runtime_error);
}

// What has not begun leaves nothing behind (the leak check at the end of the test program sees it), whether the loop still turns or not.
TEST(Pool, DropsWhatHasNotBegun) {
  const auto loop = make_loop();
  int done = 0;
  {
    TaskGroup waiting(*loop, no_exceptions());
    auto pool = make_pool(*loop, 1);
    for (int i = 0; i < 5; ++i) waiting.spawn(count(*pool, done));
    pool.reset();
    EXPECT_EQ(waiting.size(), 5u);
  }
  EXPECT_EQ(done, 0);
}

}  // namespace
}  // namespace courier
