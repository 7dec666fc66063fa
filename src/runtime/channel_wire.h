// The wire below a Channel: whole frames in and out. Private to runtime.
#pragma once

#include <memory>
#include <string>

#include "runtime/channel.h"
#include "runtime/frame.h"

namespace courier {

class FrameSink {
 public:
  virtual ~FrameSink() = default;
  virtual void frame_arrived(Frame frame) = 0;
  // No more frames will come. `fault` is empty when the peer just went away.
  virtual void wire_ended(const std::string& fault) = 0;
};

class FrameWire {
 public:
  virtual ~FrameWire() = default;
  // Begins to deliver, never inside this call. The sink outlives the wire or stop().
  virtual void start(FrameSink& sink) = 0;
  // Frames sent in one turn of the loop leave in as few system calls as fit.
  virtual void send(Frame frame) = 0;
  // Nothing more is delivered; what was sent and does not fit into the socket now is dropped.
  virtual void stop() = 0;
};

[[nodiscard]] std::unique_ptr<FrameWire> make_socket_wire(Loop& loop, Descriptor socket, ChannelLimits limits);
struct WirePair {
  std::unique_ptr<FrameWire> first, second;
};
[[nodiscard]] WirePair make_memory_wires(Loop& loop);

}  // namespace courier
