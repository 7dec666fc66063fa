#include "runtime/remembered.h"

#include <gtest/gtest.h>

#include "runtime/testing/manual_loop.h"

namespace courier {
namespace {

TEST(Remembered, ForgetsInTimeAndWhenThereAreTooMany) {
  ManualLoop loop;
  Remembered<int> numbers(loop, seconds(5), 2);
  EXPECT_EQ(numbers.find("a"), nullptr);
  numbers.keep("a", 1);
  numbers.keep("a", 2);
  ASSERT_NE(numbers.find("a"), nullptr);
  EXPECT_EQ(*numbers.find("a"), 2);
  loop.advance(seconds(3));
  numbers.keep("b", 3);
  loop.advance(seconds(2));
  EXPECT_EQ(numbers.find("a"), nullptr);
  EXPECT_NE(numbers.find("b"), nullptr);
  numbers.keep("c", 4);
  EXPECT_EQ(numbers.find("b"), nullptr);
  EXPECT_NE(numbers.find("c"), nullptr);
}

}  // namespace
}  // namespace courier
