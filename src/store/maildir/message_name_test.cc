#include "store/maildir/message_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace courier::store {
namespace {

struct NameCase {
  const char* name;
  const char* base;
  const char* unique;
  std::optional<std::uint64_t> size, wire_size;
  const char* letters;
};

TEST(MessageName, TakesNamesApart) {
  const NameCase cases[] = {
      {"1.M2P3.mx1,S=2310:2,FS", "1.M2P3.mx1,S=2310", "1.M2P3.mx1", 2310, std::nullopt, "FS"},
      {"1.Q5R0.mx1,S=10,W=12", "1.Q5R0.mx1,S=10,W=12", "1.Q5R0.mx1", 10, 12, ""},
      {"1.a,S=5.host,S=7:2,", "1.a,S=5.host,S=7", "1.a", 7, std::nullopt, ""},   // the last field counts
      {"1.a:2,S,S=99", "1.a", "1.a", std::nullopt, std::nullopt, "S,S=99"},       // after the colon nothing is a size
      {"1.a,S=:2,T", "1.a,S=", "1.a", std::nullopt, std::nullopt, "T"},
      {"1.a,b.host:1,XY", "1.a,b.host", "1.a,b.host", std::nullopt, std::nullopt, ""},
      {"plain", "plain", "plain", std::nullopt, std::nullopt, ""},
  };
  for (const NameCase& c : cases) {
    EXPECT_EQ(base_of(c.name), c.base) << c.name;
    EXPECT_EQ(unique_part(c.name), c.unique) << c.name;
    EXPECT_EQ(size_of(c.name), c.size) << c.name;
    EXPECT_EQ(wire_size_of(c.name), c.wire_size) << c.name;
    EXPECT_EQ(letters_of(c.name), c.letters) << c.name;
  }
}

TEST(MessageName, ReadsFlagsInAnyOrder) {
  EXPECT_EQ(flags_of("1.a:2,SF"), Flags().add(Flag::Seen).add(Flag::Flagged));
  EXPECT_EQ(flags_of("1.a:2,DFRSTPa").bits, 31);
  EXPECT_EQ(flags_of("1.a").bits, 0);
  EXPECT_EQ(flags_of("1.a:1,S").bits, 0);
}

TEST(MessageName, WritesFlagsAndKeepsForeignLetters) {
  EXPECT_EQ(with_flags("1.a", Flags().add(Flag::Seen).add(Flag::Draft)), "1.a:2,DS");
  EXPECT_EQ(with_flags("1.a:2,bSPaF", Flags().add(Flag::Deleted)), "1.a:2,PTab");
  EXPECT_EQ(with_flags("1.a:1,old", Flags()), "1.a:2,");
  EXPECT_EQ(with_flags("1.a:2,SS", Flags().add(Flag::Seen)), "1.a:2,S");
}

TEST(MessageName, EveryFlagSetSurvivesWritingAndReading) {
  for (std::uint8_t bits = 0; bits < 32; ++bits) EXPECT_EQ(flags_of(with_flags("1.a:2,Pz", Flags{bits})).bits, bits);
}

TEST(MessageName, SortsByArrivalNumberThenBytes) {
  std::vector<std::string> names = {"10.b", "9.z:2,S", "10.a", "x", "0009.y", "100000000000000000000.a", "99999999999999999999.a"};
  std::ranges::sort(names, arrived_before);
  EXPECT_EQ(names,
            (std::vector<std::string>{"x", "0009.y", "9.z:2,S", "10.a", "10.b", "99999999999999999999.a", "100000000000000000000.a"}));
}

TEST(MessageName, MakesNames) {
  EXPECT_EQ(escape_host("a/b:c,d"), "a\\057b\\072c\\054d");
  EXPECT_EQ(escape_host(""), "localhost");
  EXPECT_EQ(delivery_base(wall_seconds(1767225600), "1a-2", 3, "mx1"), "1767225600.Q1a-2R3.mx1");
  EXPECT_EQ(with_sizes("1.a", 10, 12), "1.a,S=10,W=12");
  NameMaker maker("mx1", 77);
  EXPECT_EQ(maker.make({1'000'000'000'000'123}), "1000000000.M123P77N1.mx1");
  EXPECT_EQ(maker.make({1'000'000'000'000'123}), "1000000000.M123P77N2.mx1");
}

}  // namespace
}  // namespace courier::store
