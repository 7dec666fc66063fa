#include "base/codec.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

enum class Colour : std::uint8_t { Red, Green };

struct Inner {
  std::int32_t number = 0;
  bool operator==(const Inner&) const = default;
  template <class V>
  void fields(V& v) {
    v("number", number);
  }
};

struct Outer {
  bool flag = false;
  std::uint64_t big = 0;
  Colour colour = Colour::Red;
  std::string text;
  std::vector<Inner> many;
  std::optional<std::string> maybe;
  bool operator==(const Outer&) const = default;
  template <class V>
  void fields(V& v) {
    v("flag", flag), v("big", big), v("colour", colour), v("text", text), v("many", many), v("maybe", maybe);
  }
};

struct List {
  std::vector<Inner> many;
  template <class V>
  void fields(V& v) {
    v("many", many);
  }
};

const Outer sample{true, 1ull << 63, Colour::Green, "a\"\n", {{1}, {-2}}, "x"};

TEST(Codec, RoundTrips) {
  Outer back;
  ASSERT_TRUE(decode(encode(sample), back));
  EXPECT_EQ(back, sample);
}

TEST(Codec, EveryPrefixAndEveryExtraByteIsRefused) {
  const std::string bytes = encode(sample);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    Outer back;
    EXPECT_FALSE(decode(std::string_view(bytes).substr(0, n), back)) << n;
  }
  Outer back;
  EXPECT_FALSE(decode(bytes + "x", back));
}

TEST(Codec, CountsThatLieTakeNoMemory) {
  List list;
  EXPECT_FALSE(decode(std::string_view("\xff\xff\xff\xff", 4), list));
}

TEST(Codec, WritesJson) {
  EXPECT_EQ(to_json(sample),
            R"({"flag":true,"big":9223372036854775808,"colour":1,"text":"a\"\n","many":[{"number":1},{"number":-2}],"maybe":"x"})");
  EXPECT_EQ(json_string("\xff\x01"), "\"\xef\xbf\xbd\\u0001\"");
  // Only what is not UTF-8 is replaced.
  EXPECT_EQ(json_string("\xc3\xa4\xff\xe2\x82"), "\"\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace courier
