// Link: our end of the channel to another role. The supervisor re-makes the channel when either side restarts; the Link
// stays. A call made while the other process is down waits for the new channel until its deadline; a call whose channel
// dies under way gets Closed and is not repeated here: only the caller knows whether it may be.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/channel.h"
#include "runtime/loop.h"
#include "runtime/task_group.h"

namespace courier {

class Link final : public Callee {
 public:
  explicit Link(Loop& loop) : loop_(loop), tasks_(loop, no_exceptions()) {}

  // Called for every new channel before anything is read from it: registers what this side serves.
  void on_attach(std::function<void(Channel&)> serve) { serve_ = std::move(serve); }
  // A new channel; the old one is closed and destroyed by post.
  void attach(ChannelPtr channel);
  // Null while there is none.
  [[nodiscard]] Channel* channel() const;
  // A number that changes with every attach.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  [[nodiscard]] Task<ChannelResult<void>> wait_attached(Deadline deadline);

  // Without a channel the request waits for one.
  void begin(CallRef call, std::uint16_t type, Payload request, Deadline deadline) override;
  // Dropped when there is no channel.
  void notify_raw(std::uint16_t type, Payload notice) override;

 private:
  [[nodiscard]] Task<> begin_later(CallRef call, std::uint16_t type, Payload request, Deadline deadline);

  Loop& loop_;
  std::function<void(Channel&)> serve_;
  ChannelPtr channel_;
  std::vector<CellRef> waiting_;
  std::uint64_t generation_ = 0;
  TaskGroup tasks_;  // last
};

}  // namespace courier
