// Frames: how messages lie on the wire of a channel (runtime/channel.h). Pure: bytes and descriptors in, frames out.
//
//   u32 payload length, u16 type, u16 number of descriptors, u64 id, i64 time left in ns; payload
//
// in the byte order of this machine: both ends run on it. Private to runtime and its tests.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "runtime/channel.h"

namespace courier {

struct Frame {
  std::uint16_t type = 0;
  std::uint64_t id = 0;             // 0: a notice
  std::int64_t time_left_ns = -1;   // below 0: no deadline
  Payload payload;
};

// The header as it lies on the wire. The payload follows; its descriptors travel beside the first byte.
using FrameHeader = std::array<char, 24>;
[[nodiscard]] FrameHeader write_header(const Frame& frame);

// Finds the frames in what arrives, in pieces of any size. Holds no memory while no frame has begun; never more than one
// frame at its limit.
class FrameReader {
 public:
  explicit FrameReader(const ChannelLimits& limits) : limits_(limits) {}

  // What arrives next goes here, as much as fits: the rest of the payload that has begun. Empty when none has. Good until arrived().
  [[nodiscard]] std::span<char> room();
  // The first `count` bytes of room() were filled, which may be none; `descriptors` came with them or with what follows them.
  void arrived(std::size_t count, std::vector<Descriptor> descriptors);

  // The next frame, when its end is in what has arrived or in `more`, which follows it; what was taken is cut off from `more`.
  // Nothing when all of it was taken and no frame ended. A fault, in words for the log, is final.
  [[nodiscard]] Result<std::optional<Frame>, const char*> next(std::string_view& more);

 private:
  [[nodiscard]] const char* begin_payload();
  [[nodiscard]] Result<std::optional<Frame>, const char*> finish();

  ChannelLimits limits_;
  FrameHeader header_{};
  std::size_t header_filled_ = 0;
  Frame frame_;                      // from the end of its header on
  std::size_t payload_filled_ = 0;
  std::size_t stated_ = 0;           // descriptors, by the header
  std::vector<Descriptor> descriptors_;
};

}  // namespace courier
