// What a FrameReader makes of bytes, for tests and the fuzzer.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/frame.h"

namespace courier {

struct ReadFrames {
  std::vector<Frame> frames;
  std::string fault;
};

// The bytes come in pieces of at most `piece`, the descriptors with the first.
[[nodiscard]] inline ReadFrames read_frames(std::string_view bytes, const ChannelLimits& limits, std::size_t piece,
                                            std::vector<Descriptor> descriptors = {}) {
  ReadFrames read;
  FrameReader reader(limits);
  while (!bytes.empty()) {
    const std::span<char> room = reader.room();
    const std::size_t count = std::min({piece, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    reader.arrived(count, std::exchange(descriptors, {}));
    for (;;) {
      auto frame = reader.next();
      if (!frame) {
        read.fault = frame.error();
        return read;
      }
      if (!*frame) break;
      read.frames.push_back(std::move(**frame));
    }
  }
  return read;
}

// Descriptors count, whatever they are.
[[nodiscard]] inline bool same(const Frame& a, const Frame& b) {
  return a.type == b.type && a.id == b.id && a.time_left_ns == b.time_left_ns && a.payload.bytes == b.payload.bytes &&
         a.payload.descriptors.size() == b.payload.descriptors.size();
}

}  // namespace courier
