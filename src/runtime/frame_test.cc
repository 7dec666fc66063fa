#include "runtime/frame.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "runtime/testing/read_frames.h"

namespace courier {
namespace {

constexpr ChannelLimits limits{.max_frame = 100'000, .max_descriptors = 3};

Frame frame_of(std::uint16_t type, std::size_t size, std::size_t descriptors = 0) {
  Frame frame{type, type + 1000u, type % 2 == 0 ? -1 : 5'000'000, {std::string(size, static_cast<char>('a' + type % 26)), {}}};
  for (std::size_t i = 0; i < descriptors; ++i) frame.payload.descriptors.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  return frame;
}

TEST(Frame, ReadsWhatWasWrittenInPiecesOfAnySize) {
  std::vector<Frame> sent;
  std::string bytes;
  for (const std::size_t size : {0, 1, 23, 24, 25, 40'000, 0, 100'000, 7}) {
    sent.push_back(frame_of(static_cast<std::uint16_t>(sent.size()), size));
    bytes += write_frame(sent.back());
  }
  for (const std::size_t piece : {1ul, 2ul, 23ul, 24ul, 25ul, 4096ul, 65'536ul, bytes.size()}) {
    const ReadFrames reading = read_frames(bytes, limits, piece);
    EXPECT_EQ(reading.fault, "");
    ASSERT_EQ(reading.frames.size(), sent.size()) << piece;
    for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_TRUE(same(reading.frames[i], sent[i])) << piece << ", frame " << i;
  }
}

TEST(Frame, GivesDescriptorsToTheFramesThatStateThem) {
  const Frame first = frame_of(1, 10, 2), second = frame_of(2, 10), third = frame_of(3, 0, 1);
  const std::string bytes = write_frame(first) + write_frame(second) + write_frame(third);
  const ReadFrames reading = read_frames(bytes, limits, bytes.size(), std::move(frame_of(1, 0, 3).payload.descriptors));
  EXPECT_EQ(reading.fault, "");
  ASSERT_EQ(reading.frames.size(), 3u);
  EXPECT_TRUE(same(reading.frames[0], first));
  EXPECT_TRUE(same(reading.frames[1], second));
  EXPECT_TRUE(same(reading.frames[2], third));
}

TEST(Frame, RefusesWhatLies) {
  struct Case {
    Frame frame;
    std::size_t descriptors;
    const char* fault;
  };
  Case cases[] = {
      {frame_of(1, 100'001), 0, "frame beyond the limits"},
      {frame_of(1, 0, 4), 4, "frame beyond the limits"},
      {frame_of(1, 5, 2), 1, "frame states more descriptors than came with it"},
      {frame_of(1, 5, 1), 2, "descriptors came without a frame that states them"},
      {frame_of(1, 5), 1, "descriptors came without a frame that states them"},
  };
  for (const Case& c : cases) {
    const std::string bytes = write_frame(c.frame);
    EXPECT_EQ(read_frames(bytes, limits, bytes.size(), frame_of(1, 0, c.descriptors).payload.descriptors).fault, c.fault);
  }
}

// Memory is taken for what a header states, once that is within the limit, and for nothing else.
TEST(Frame, TakesRoomForTheFrameThatHasBegunOnly) {
  FrameReader reader({.max_frame = 1'000'000});
  const std::string bytes = write_frame(frame_of(1, 1'000'000));
  EXPECT_TRUE(reader.room().empty());
  std::string_view more = std::string_view(bytes).substr(0, 23);
  EXPECT_FALSE(reader.next(more).value());
  EXPECT_TRUE(more.empty() && reader.room().empty());
  more = std::string_view(bytes).substr(23, 11);
  EXPECT_FALSE(reader.next(more).value());
  ASSERT_EQ(reader.room().size(), 999'990u);
  bytes.copy(reader.room().data(), 999'990, 34);
  reader.arrived(999'990, {});
  const auto frame = reader.next(more).value();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->payload.bytes, bytes.substr(24));
  EXPECT_TRUE(reader.room().empty());

  FrameReader strict({.max_frame = 999'999});
  more = std::string_view(bytes).substr(0, 24);
  EXPECT_FALSE(strict.next(more));
  EXPECT_TRUE(strict.room().empty());
}

}  // namespace
}  // namespace courier
