// Frames between two channels of one loop, for tests. Descriptors pass as they are.
#include <memory>

#include "runtime/channel_wire.h"

namespace courier {

namespace {

class MemoryWire;

// What both ends know of each other.
struct Joint {
  MemoryWire* ends[2] = {nullptr, nullptr};
};

class MemoryWire final : public FrameWire {
 public:
  MemoryWire(Loop& loop, std::shared_ptr<Joint> joint, int side) : loop_(loop), joint_(std::move(joint)), side_(side) {
    joint_->ends[side_] = this;
  }
  ~MemoryWire() override { stop(); }

  void start(FrameSink& sink) override { sink_ = &sink; }
  void send(Frame frame) override {
    // Shared, because a job that is dropped with the loop must free the frame and its descriptors.
    const auto held = std::make_shared<Frame>(std::move(frame));
    loop_.post([joint = joint_, to = 1 - side_, held] {
      MemoryWire* end = joint->ends[to];
      if (end && end->sink_) end->sink_->frame_arrived(std::move(*held));
    });
  }
  void stop() override {
    if (!joint_->ends[side_]) return;
    joint_->ends[side_] = nullptr;
    sink_ = nullptr;
    loop_.post([joint = joint_, to = 1 - side_] {
      MemoryWire* end = joint->ends[to];
      if (end && end->sink_) end->sink_->wire_ended({});
    });
  }

 private:
  Loop& loop_;
  std::shared_ptr<Joint> joint_;
  int side_;
  FrameSink* sink_ = nullptr;
};

}  // namespace

WirePair make_memory_wires(Loop& loop) {
  const auto joint = std::make_shared<Joint>();
  auto first = std::make_unique<MemoryWire>(loop, joint, 0);
  auto second = std::make_unique<MemoryWire>(loop, joint, 1);
  return {std::move(first), std::move(second)};
}

}  // namespace courier
