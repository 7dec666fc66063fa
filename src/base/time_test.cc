#include "base/time.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(Time, DatesRoundTripOverCenturies) {
  for (std::int64_t s = -70'000'000'000; s < 70'000'000'000; s += 98'765'432) {
    EXPECT_EQ(from_civil(to_civil(wall_seconds(s))).seconds(), s);
  }
}

TEST(Time, WritesRfc5322) {
  EXPECT_EQ(rfc5322_date(wall_seconds(1'767'607'201)), "Mon, 05 Jan 2026 10:00:01 +0000");
  EXPECT_EQ(rfc5322_date(wall_seconds(1'767'607'201), -330), "Mon, 05 Jan 2026 04:30:01 -0530");
  EXPECT_EQ(rfc5322_date(wall_seconds(951'782'400)), "Tue, 29 Feb 2000 00:00:00 +0000");
}

TEST(Time, WritesRfc3339) { EXPECT_EQ(rfc3339_time({1'767'607'201'000'042}), "2026-01-05T10:00:01.000042Z"); }

TEST(Time, StaysAtTheEndsOfItsRange) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
  for (const auto unit : {microseconds, milliseconds, seconds, minutes, hours, days}) {
    EXPECT_EQ(unit(most).nanoseconds, most);
    EXPECT_EQ(unit(least).nanoseconds, least);
  }
  EXPECT_EQ((Duration{most} + Duration{1}).nanoseconds, most);
  EXPECT_EQ((Duration{least} - Duration{1}).nanoseconds, least);
  EXPECT_EQ((days(1) * most).nanoseconds, most);
  EXPECT_TRUE(Deadline{Instant{5} + Duration{most}}.is_never());
  EXPECT_EQ((Instant{least} - Instant{1}).nanoseconds, least);
  EXPECT_EQ(wall_seconds(most).microseconds, most);
  EXPECT_EQ((WallTime{most} - WallTime{-1}).nanoseconds, most);
}

TEST(Time, SoonerTakesTheEarlier) {
  const Deadline soon{Instant{5}};
  EXPECT_EQ(Deadline::never().sooner(soon), soon);
  EXPECT_TRUE(Deadline::never().is_never());
}

}  // namespace
}  // namespace courier
