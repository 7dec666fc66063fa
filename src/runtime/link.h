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

namespace courier {

class Link {
 public:
  explicit Link(Loop& loop) : loop_(loop) {}

  // Called for every new channel before anything is read from it: registers what this side serves.
  void on_attach(std::function<void(Channel&)> serve) { serve_ = std::move(serve); }
  // A new channel; the old one is closed and destroyed by post.
  void attach(ChannelPtr channel);
  // Null while there is none.
  [[nodiscard]] Channel* channel() const;
  // A number that changes with every attach.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  [[nodiscard]] Task<ChannelResult<void>> wait_attached(Deadline deadline);

  template <class Request>
  [[nodiscard]] Task<ChannelResult<typename Request::Reply>> call(Request request, Deadline deadline,
                                                                  std::vector<Descriptor> descriptors = {}) {
    auto reply = co_await call_with_descriptors(std::move(request), deadline, std::move(descriptors));
    if (!reply) co_return fail(reply.error());
    co_return std::move(reply->message);
  }
  template <class Request>
  [[nodiscard]] Task<ChannelResult<WithDescriptors<typename Request::Reply>>> call_with_descriptors(
      Request request, Deadline deadline, std::vector<Descriptor> descriptors = {}) {
    auto attached = co_await wait_attached(deadline);
    if (!attached) co_return fail(attached.error());
    const std::shared_ptr<Channel> keep = channel_;  // re-attaching must not destroy it under this call
    co_return co_await keep->call_with_descriptors(std::move(request), deadline, std::move(descriptors));
  }
  // Dropped when there is no channel.
  template <class Notice>
  void notify(const Notice& notice, std::vector<Descriptor> descriptors = {}) {
    if (Channel* c = channel()) c->notify(notice, std::move(descriptors));
  }

 private:
  Loop& loop_;
  std::function<void(Channel&)> serve_;
  std::shared_ptr<Channel> channel_;
  std::vector<CellRef> waiting_;
  std::uint64_t generation_ = 0;
};

}  // namespace courier
