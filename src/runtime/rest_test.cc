#include "runtime/rest.h"

#include <gtest/gtest.h>

#include "runtime/testing/manual_loop.h"

namespace courier {
namespace {

struct RestTest : testing::Test {
  ManualLoop loop;
  Duration used{};
  int given = 0;
  Rest rest{loop, {[this] { return used; }, [this] { ++given; }}};
  void work(Duration time, Duration processor) {
    used = used + processor;
    loop.advance(time);
  }
};

TEST_F(RestTest, TheStartIsABusyTime) {
  work(seconds(1), milliseconds(20));
  EXPECT_EQ(given, 0);
  work(seconds(1), milliseconds(1));
  EXPECT_EQ(given, 1);
}

TEST_F(RestTest, IdleProcessesAreLeftAlone) {
  loop.advance(seconds(2));
  EXPECT_EQ(given, 1);
  for (int i = 0; i < 20; ++i) work(seconds(5), milliseconds(4));
  EXPECT_EQ(given, 1);
}

TEST_F(RestTest, NothingIsTakenFromWhoWorks) {
  for (int i = 0; i < 100; ++i) work(seconds(1), milliseconds(300));
  EXPECT_EQ(given, 0);
  loop.advance(seconds(1));
  EXPECT_EQ(given, 1);
}

TEST_F(RestTest, ComesAgainAfterEnoughWork) {
  loop.advance(seconds(1));
  EXPECT_EQ(given, 1);
  work(seconds(5), milliseconds(200));
  loop.advance(seconds(1));
  EXPECT_EQ(given, 2);
  // Too little to be worth it.
  work(seconds(5), milliseconds(50));
  loop.advance(seconds(10));
  EXPECT_EQ(given, 2);
}

}  // namespace
}  // namespace courier
