#include "daemons/mailbox/pop3/top_filter.h"

#include <gtest/gtest.h>

#include <string>

namespace courier::mailbox {
namespace {

std::string cut(std::string_view text, std::uint32_t lines, std::size_t step) {
  TopFilter filter(lines);
  std::string out;
  for (std::size_t at = 0; at < text.size() && !filter.done(); at += step) {
    const std::string_view piece = text.substr(at, step);
    out += piece.substr(0, filter.take(piece));
  }
  return out;
}

TEST(TopFilter, CutsBehindTheLinesAskedFor) {
  const std::string text = "A: b\nC: d\n\none\ntwo\nthree";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    EXPECT_EQ(cut(text, 0, step), "A: b\nC: d\n\n") << step;
    EXPECT_EQ(cut(text, 1, step), "A: b\nC: d\n\none\n") << step;
    EXPECT_EQ(cut(text, 3, step), text) << step;
    EXPECT_EQ(cut(text, 4'000'000'000u, step), text) << step;
    EXPECT_EQ(cut("A: b\r\n\r\none\r\ntwo", 1, step), "A: b\r\n\r\none\r\n") << step;
    EXPECT_EQ(cut("A: b\n", 5, step), "A: b\n") << step;
    EXPECT_EQ(cut("\nbody", 0, step), "\n") << step;
  }
}

}  // namespace
}  // namespace courier::mailbox
