#include "wire/smtp/data.h"

#include <gtest/gtest.h>

namespace courier::smtp {
namespace {

struct Decoded {
  std::string text, rest;
  bool finished = false, bare = false;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view wire, std::size_t step, DataDecoder::Framing framing = DataDecoder::Framing::Dots) {
  DataDecoder decoder(framing);
  Decoded out;
  for (std::size_t at = 0; at < wire.size(); at += step) {
    std::string_view piece = wire.substr(at, step);
    decoder.feed(piece, out.text);
    out.rest += piece;
  }
  if (framing == DataDecoder::Framing::Chunks) decoder.end(out.text);
  out.finished = decoder.finished();
  out.bare = decoder.bare_line_end();
  if (out.bare) out.text.clear();
  return out;
}

TEST(DataDecoder, EndsOnlyAtCrlfDotCrlf) {
  const std::pair<std::string, Decoded> cases[] = {
      {".\r\n", {"", "", true, false}},
      {"a\r\n.\r\n", {"a\n", "", true, false}},
      {"a\r\n.\r\nQUIT\r\n", {"a\n", "QUIT\r\n", true, false}},
      {"..\r\n...\r\n.\r\n", {".\n..\n", "", true, false}},
      {".a\r\nb.\r\n.\r\n", {"a\nb.\n", "", true, false}},
      {"\r\n\r\n.\r\n", {"\n\n", "", true, false}},
      {"a.\r\n.b\r\n.\r\n", {"a.\nb\n", "", true, false}},
      {"a\n.\r\n", {"", "", false, true}},
      {"a\r.\r\n", {"", "", false, true}},
      {"a\n.\nb\r\n.\r\n", {"", "", true, true}},
      {"a\r\n.\nMAIL FROM:<x@y>\r\n.\r\n", {"", "", true, true}},
      {"a\r\n.\rb\r\n.\r\n", {"", "", true, true}},
      {"a\r\r\n.\r\n", {"", "", true, true}},
      {"\n.\r\n\r\n.\r\n", {"", "", true, true}},
      {"a\r\n\r.\r\n.\r\n", {"", "", true, true}},
      {"a\r\n.\r\r\n.\r\n", {"", "", true, true}},
      {"a\r\n.", {"a\n", "", false, false}},
      {"a\r\n.\r", {"a\n", "", false, false}},
      {std::string("a\0b\r\n.\r\n", 8), {std::string("a\0b\n", 4), "", true, false}},
  };
  for (const auto& [wire, expected] : cases) {
    for (std::size_t step = 1; step <= wire.size(); ++step) {
      const Decoded got = decode(wire, step);
      EXPECT_EQ(got.text, expected.text) << wire << " by " << step;
      EXPECT_EQ(got.rest, expected.rest) << wire << " by " << step;
      EXPECT_EQ(got.finished, expected.finished) << wire << " by " << step;
      EXPECT_EQ(got.bare, expected.bare) << wire << " by " << step;
    }
  }
}

TEST(DataDecoder, ManyBareLineEndsAreReadInOnePass) {
  for (const char c : {'\r', '\n'}) {
    const std::string wire = std::string(2'000'000, c) + "\r\n.\r\n";
    const Decoded got = decode(wire, wire.size());
    EXPECT_TRUE(got.bare && got.finished);
  }
}

TEST(DataDecoder, ChunksHaveNoDots) {
  const std::pair<std::string, Decoded> cases[] = {
      {"a\r\n.\r\nb\r\n", {"a\n.\nb\n", "", true, false}},
      {"..a\r\nlast", {"..a\nlast\n", "", true, false}},
      {"", {"", "", true, false}},
      {"a\r", {"", "", true, true}},
      {"a\nb\r\n", {"", "", true, true}},
  };
  for (const auto& [wire, expected] : cases) {
    for (std::size_t step = 1; step <= wire.size() + 1; ++step)
      EXPECT_EQ(decode(wire, step, DataDecoder::Framing::Chunks), expected) << wire;
  }
}

TEST(DataEncoder, IsTheDecodersInverse) {
  for (const std::string& text :
       {std::string(""), std::string("a\n"), std::string(".\n..\n.a"), std::string("\n\n."), std::string("a.\nb")}) {
    for (std::size_t step = 1; step <= text.size() + 1; ++step) {
      DataEncoder encoder;
      std::string wire;
      for (std::size_t at = 0; at < text.size(); at += step) encoder.feed(std::string_view(text).substr(at, step), wire);
      encoder.finish(wire);
      const Decoded back = decode(wire, wire.size());
      EXPECT_TRUE(back.finished && !back.bare && back.rest.empty());
      EXPECT_EQ(back.text, text.empty() || text.back() == '\n' ? text : text + '\n');
    }
  }
}

TEST(DataEncoder, LeavesCrlfAsItIs) {
  const std::string text = "a\r\n.b\n\r\nc\r\n";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    DataEncoder encoder;
    std::string wire;
    for (std::size_t at = 0; at < text.size(); at += step) encoder.feed(std::string_view(text).substr(at, step), wire);
    encoder.finish(wire);
    EXPECT_EQ(wire, "a\r\n..b\r\n\r\nc\r\n.\r\n") << step;
  }
}

TEST(Data, FindsEightBits) {
  EXPECT_FALSE(has_eight_bit("plain ASCII text, long enough for every lane of a vector"));
  EXPECT_TRUE(has_eight_bit("plain ASCII text, long enough for every lane but \xC3\xBC"));
}

}  // namespace
}  // namespace courier::smtp
