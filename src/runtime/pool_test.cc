#include "runtime/pool.h"

#include <gtest/gtest.h>

#include <chrono>
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
