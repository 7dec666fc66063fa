#include "settings/units.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(Size, Reads) {
  EXPECT_EQ(parse_size("0"), 0);
  EXPECT_EQ(parse_size("10240"), 10240);
  EXPECT_EQ(parse_size("512B"), 512);
  EXPECT_EQ(parse_size("64K"), 65536);
  EXPECT_EQ(parse_size("10m"), 10 << 20);
  EXPECT_EQ(parse_size("10MiB"), 10 << 20);
  EXPECT_EQ(parse_size("2GB"), 2LL << 30);
  EXPECT_EQ(parse_size("1T"), 1LL << 40);
}

TEST(Size, Refuses) {
  for (const char* text : {"", "M", "-1", "1.5M", "10 M", "10Mi", "10X", "10MM", "9999999999999T", "99999999999999999999"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(Duration, Reads) {
  EXPECT_EQ(parse_duration("0"), 0);
  EXPECT_EQ(parse_duration("90"), 90);
  EXPECT_EQ(parse_duration("90s"), 90);
  EXPECT_EQ(parse_duration("5m"), 300);
  EXPECT_EQ(parse_duration("1h30m"), 5400);
  EXPECT_EQ(parse_duration("1w2d3h4m5s"), 604'800 + 2 * 86'400 + 3 * 3'600 + 4 * 60 + 5);
}

TEST(Duration, Refuses) {
  for (const char* text : {"", "h", "1h1h", "30m1h", "1h30", "1.5h", "-1s", "1 h", "1H", "5x", "99999999999999999w"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Units, FormatReadsBack) {
  for (const std::int64_t number :
       {0LL, 1LL, 59LL, 60LL, 61LL, 1023LL, 1024LL, 5400LL, 86'400LL, 864'000LL, 604'800LL, 604'801LL, 10LL << 20, 1LL << 50}) {
    EXPECT_EQ(parse_size(format_size(number)), number);
    EXPECT_EQ(parse_duration(format_duration(number)), number);
  }
  EXPECT_EQ(format_size(10 << 20), "10M");
  EXPECT_EQ(format_duration(5400), "1h30m");
  EXPECT_EQ(format_duration(864'000), "10d");
  EXPECT_EQ(format_duration(604'800), "1w");
}

}  // namespace
}  // namespace courier
