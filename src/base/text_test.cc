#include "base/text.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(Text, ComparesWithoutCase) {
  EXPECT_TRUE(iequals("MAIL from", "mail FROM"));
  EXPECT_FALSE(iequals("mail", "mails"));
  EXPECT_TRUE(istarts_with("Content-Type: x", "content-type:"));
}

TEST(Text, SplitsKeepingEmptyPieces) {
  EXPECT_EQ(split("a,,b", ',').size(), 3u);
  EXPECT_EQ(split("", ',').size(), 1u);
  EXPECT_EQ(trim(" \t x y\r\n"), "x y");
}

TEST(Text, NumbersAreWholeOrNothing) {
  EXPECT_EQ(to_u64("18446744073709551615"), 18446744073709551615ull);
  for (const char* bad : {"", "1 ", "-1", "18446744073709551616", "0x1", "+1"}) EXPECT_FALSE(to_u64(bad)) << bad;
  EXPECT_EQ(to_i64("-12"), -12);
}

TEST(Text, PrintableEscapesAndCuts) {
  EXPECT_EQ(printable("a\r\n\\"), "a\\x0d\\x0a\\x5c");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
}

TEST(Text, Utf8IsStrict) {
  EXPECT_TRUE(is_utf8("gr\xC3\xBC\xC3\x9F"));
  EXPECT_TRUE(is_utf8("\xF0\x9F\x93\xA7"));
  for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"}) EXPECT_FALSE(is_utf8(bad));
}

}  // namespace
}  // namespace courier
