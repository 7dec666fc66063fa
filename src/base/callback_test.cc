#include "base/callback.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace courier {
namespace {

// Counts how many of it are alive, and how often it was called.
template <std::size_t Size>
struct Counted {
  Counted(int& a, int& c) : alive(&a), calls(&c) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive), calls(other.calls), ballast(other.ballast) { ++*alive; }
  ~Counted() { --*alive; }
  void operator()() {
    EXPECT_GT(*alive, 0);
    ++*calls;
  }
  int* alive;
  int* calls;
  std::array<char, Size> ballast{};
};

template <std::size_t Size>
void lives_as_long_as_it_is_held() {
  int alive = 0, calls = 0;
  {
    Callback first{Counted<Size>(alive, calls)};
    EXPECT_EQ(alive, 1);
    Callback second(std::move(first));
    EXPECT_EQ(alive, 1);
    EXPECT_FALSE(first);  // NOLINT: that is what is tested
    ASSERT_TRUE(second);
    second();
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(alive, 0);
    EXPECT_FALSE(second);
    second = Counted<Size>(alive, calls);
    second = Counted<Size>(alive, calls);
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(calls, 1);
}

TEST(Callback, ASmallFunctionLivesAsLongAsItIsHeld) { lives_as_long_as_it_is_held<1>(); }
TEST(Callback, ALargeFunctionLivesAsLongAsItIsHeld) { lives_as_long_as_it_is_held<1000>(); }

TEST(Callback, MayReplaceItselfWhileItRuns) {
  std::string notes;
  Callback callback;
  callback = [&] {
    callback = [&] { notes += 'b'; };
    notes += 'a';
  };
  callback();
  callback();
  EXPECT_EQ(notes, "ab");
}

}  // namespace
}  // namespace courier
