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

struct Enclosed {
  std::string before;
  SharedBytes bytes;
  std::int32_t after = 0;
  template <class V>
  void fields(V& v) {
    v("before", before), v("bytes", bytes), v("after", after);
  }
};

// Whatever its size, and whether it shares the memory of what it came in or not.
TEST(Codec, SharedBytesAreWrittenLikeAString) {
  for (const std::size_t size : {0u, 1u, 3u, 15u, 16u, 4000u}) {
    const std::string text(size, 'x');
    const std::string bytes = encode(Enclosed{"name", text, 7});
    EXPECT_EQ(bytes.size(), 16 + size);
    Enclosed copied, shared;
    ASSERT_TRUE(decode(std::string_view(bytes), copied));
    ASSERT_TRUE(decode(std::string(bytes), shared));
    for (const Enclosed& back : {copied, shared}) {
      EXPECT_EQ(back.before, "name");
      EXPECT_EQ(back.bytes.view(), text);
      EXPECT_EQ(back.after, 7);
    }
    for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(decode(bytes.substr(0, n), shared)) << n;
    EXPECT_FALSE(decode(bytes + "x", shared));
  }
  EXPECT_EQ(to_json(Enclosed{"", std::string("y\n"), 1}), R"({"before":"","bytes":"y\n","after":1})");
}

// Not the memory of much else.
TEST(Codec, SharedBytesAreAPartOfWhatWasGivenWhenTheyAreMostOfIt) {
  const auto shares = [](std::string before, std::string text) {
    std::string bytes = encode(Enclosed{std::move(before), std::move(text), 7});
    const std::string_view whole = bytes;
    Enclosed back;
    EXPECT_TRUE(decode(std::move(bytes), back));
    return back.bytes.view().data() > whole.data() && back.bytes.view().data() < whole.data() + whole.size();
  };
  EXPECT_TRUE(shares(std::string(980, 'a'), std::string(1000, 'b')));
  EXPECT_FALSE(shares(std::string(1000, 'a'), std::string(1000, 'b')));
}

TEST(Codec, SharedBytesThatWereMovedAwayAreEmpty) {
  SharedBytes first(std::string(100, 'x'));
  const SharedBytes second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.view(), std::string(100, 'x'));
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
