#include "daemons/auth/hash_gate.h"

#include "runtime/testing/held_pool.h"
#include "runtime/testing/manual_loop.h"

namespace courier::auth {
namespace {

struct HashGateTest : testing::Test {
  ManualLoop loop;
  HeldPool pool{loop};
  HashGate gate{loop, pool, 100, 2};
  int ran = 0;
  ~HashGateTest() override {
    while (!pool.jobs.empty()) {
      pool.run_one();
      loop.run_ready();
    }
  }
  Task<bool> start(std::uint64_t kib) {
    auto task = gate.run(kib, [this] { ++ran; });
    task.start();
    return task;
  }
};

TEST_F(HashGateTest, KeepsWithinItsMemory) {
  auto a = start(60), b = start(60), c = start(40);
  EXPECT_EQ(pool.jobs.size(), 1u);
  EXPECT_EQ(gate.in_use_kib(), 60u);
  pool.run_one();
  loop.run_ready();
  EXPECT_TRUE(a.done());
  EXPECT_EQ(pool.jobs.size(), 2u);
  EXPECT_EQ(gate.in_use_kib(), 100u);
  pool.run_one();
  pool.run_one();
  loop.run_ready();
  EXPECT_TRUE(b.take() && c.take());
  EXPECT_EQ(gate.in_use_kib(), 0u);
  EXPECT_EQ(ran, 3);
}

TEST_F(HashGateTest, MoreThanTheBoundRunsAlone) {
  auto a = start(10), b = start(500);
  EXPECT_EQ(pool.jobs.size(), 1u);
  pool.run_one();
  loop.run_ready();
  EXPECT_EQ(pool.jobs.size(), 1u);
  auto c = start(10);
  EXPECT_EQ(pool.jobs.size(), 1u);
  pool.run_one();
  loop.run_ready();
  EXPECT_TRUE(a.done() && b.done() && !c.done());
  pool.run_one();
  loop.run_ready();
  EXPECT_TRUE(c.done());
}

TEST_F(HashGateTest, RefusesWhenTheLineIsLong) {
  auto a = start(100), b = start(100), c = start(100), d = start(100);
  EXPECT_TRUE(d.done());
  EXPECT_FALSE(d.take());
  EXPECT_EQ(gate.waiting(), 2u);
}

TEST_F(HashGateTest, AnAskerThatIsGoneLeavesTheCountRight) {
  {
    auto a = start(100);
    auto b = start(100);
  }
  EXPECT_EQ(gate.in_use_kib(), 100u);
  pool.run_one();
  loop.run_ready();
  pool.run_one();
  loop.run_ready();
  EXPECT_EQ(gate.in_use_kib(), 0u);
}

}  // namespace
}  // namespace courier::auth
