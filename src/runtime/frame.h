// Frames: how messages lie on the wire of a channel (runtime/channel.h). Pure: bytes and descriptors in, frames out.
//
//   u32 payload length, u16 type, u16 number of descriptors, u64 id, i64 time left in ns; payload
//
// in the byte order of this machine: both ends run on it. Private to runtime and its tests.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
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

// Header and payload. The payload's descriptors travel beside the first byte.
[[nodiscard]] std::string write_frame(const Frame& frame);

// Finds the frames in what arrives, in pieces of any size. Holds no memory while no frame has begun; never more than one
// frame at its limit and what came with its last bytes.
class FrameReader {
 public:
  explicit FrameReader(const ChannelLimits& limits) : limits_(limits) {}

  // Where the next bytes go: room for what the frame lacks that has begun, at least 32 KiB. Good until arrived().
  [[nodiscard]] std::span<char> room();
  // The first `count` bytes of room() were filled, which may be none; `descriptors` came with them.
  void arrived(std::size_t count, std::vector<Descriptor> descriptors);

  // The next frame; nothing when its end has not come. A fault, in words for the log, is final.
  [[nodiscard]] Result<std::optional<Frame>, const char*> next();

 private:
  [[nodiscard]] std::size_t missing() const;
  [[nodiscard]] const char* forget_taken();

  ChannelLimits limits_;
  std::string buffer_;        // from the start of the oldest frame that is not forgotten
  std::size_t filled_ = 0;    // bytes of buffer_ that arrived; the rest is room
  std::size_t taken_ = 0;     // bytes of buffer_ whose frames next() has given
  std::vector<Descriptor> descriptors_;
};

}  // namespace courier
