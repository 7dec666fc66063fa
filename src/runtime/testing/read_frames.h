// What a FrameReader makes of bytes, for tests and the fuzzer.
#pragma once

#include <span>
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

// Header and payload; the descriptors travel beside the first byte.
[[nodiscard]] inline std::string write_frame(const Frame& frame) {
  const FrameHeader header = write_header(frame);
  return std::string(header.data(), header.size()) + frame.payload.bytes;
}

// As a socket is read: into the reader's room, and what is left over follows. The bytes come in pieces of at most `piece`, the descriptors with the first.
[[nodiscard]] inline ReadFrames read_frames(std::string_view bytes, const ChannelLimits& limits, std::size_t piece,
                                            std::vector<Descriptor> descriptors = {}) {
  ReadFrames read;
  FrameReader reader(limits);
  while (!bytes.empty()) {
    std::string_view more = bytes.substr(0, piece);
    bytes.remove_prefix(more.size());
    const std::span<char> room = reader.room();
    const std::size_t count = more.copy(room.data(), room.size());
    more.remove_prefix(count);
    reader.arrived(count, std::exchange(descriptors, {}));
    for (;;) {
      auto frame = reader.next(more);
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
