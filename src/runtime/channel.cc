// Channel: what the fd-based and the in-memory one share: requests under way, replies, handlers, the window.
#include "runtime/channel.h"

#include <sys/socket.h>

#include <cerrno>
#include <algorithm>
#include <deque>
#include <unordered_map>

#include "runtime/channel_wire.h"
#include "runtime/task_group.h"

namespace courier {

const char* to_string(ChannelFault fault) {
  switch (fault) {
    case ChannelFault::Closed: return "channel closed";
    case ChannelFault::TimedOut: return "no answer in time";
    case ChannelFault::Refused: return "refused by the peer";
    case ChannelFault::Malformed: return "malformed answer";
  }
  return "unknown";
}

namespace {

// Types of frames that are not messages of a contract.
constexpr std::uint16_t reply_type = 0xFFFF;
constexpr std::uint16_t refused_type = 0xFFFE;

// A request of ours that waits for its reply.
struct Asked {
  CallRef call;
  Deadline deadline;
};
// One that waits for room in the window.
struct Turn {
  Asked asked;
  std::uint16_t type;
  Payload request;
};

class MessageChannel final : public Channel, public TaskGroup::ErrorHandler, public FrameSink {
 public:
  MessageChannel(Loop& loop, std::unique_ptr<FrameWire> wire, ChannelLimits limits)
      : loop_(loop), limits_(limits), wire_(std::move(wire)), tasks_(std::make_unique<TaskGroup>(loop, *this)) {
    wire_->start(*this);
  }
  ~MessageChannel() override {
    *alive_ = false;
    *open_ = false;
    wire_->stop();
    loop_.cancel_timer(timer_);
    release_waiters();
  }

  void begin(CallRef call, std::uint16_t type, Payload request, Deadline deadline) override {
    if (closed()) return call->end(fail(ChannelFault::Closed));
    expire_at(deadline);
    if (pending_.size() < limits_.window) {
      ask({std::move(call), deadline}, type, std::move(request));
    } else {
      turns_.push_back({{std::move(call), deadline}, type, std::move(request)});
    }
  }

  void notify_raw(std::uint16_t type, Payload notice) override {
    if (!closed()) send(type, 0, std::move(notice), Deadline::never());
  }

  Task<> wait_closed() override {
    if (closed()) co_return;
    closed_cell_ = make_cell();
    co_await closed_cell_;
  }
  void close() override {
    if (closed()) return;
    *open_ = false;
    wire_->stop();
    // Callers and handlers end by post: close() may be called from one of them.
    loop_.post([this, alive = alive_] {
      if (*alive) end_everything();
    });
  }
  void on_violation(std::function<void(const std::string&)> told) override { violation_ = std::move(told); }

 protected:
  void serve_raw(std::uint16_t type, Handler handler) override { served_[type] = std::move(handler); }
  void reply(std::uint64_t id, Payload payload) override {
    if (id != 0 && !closed()) send(reply_type, id, std::move(payload), Deadline::never());
  }
  void violate(const std::string& what) override {
    if (closed()) return;
    if (violation_) violation_(what);
    close();
  }

 private:
  void end_everything() {
    tasks_ = std::make_unique<TaskGroup>(loop_, *this);
    release_waiters();
  }

  // Callers get Closed. They are resumed here and may call again: that ends at once, the channel is closed.
  void release_waiters() {
    const auto pending = std::move(pending_);
    pending_.clear();
    const auto turns = std::move(turns_);
    turns_.clear();
    const CellRef closed = std::move(closed_cell_);
    for (const auto& [id, asked] : pending) asked.call->end(fail(ChannelFault::Closed));
    for (const Turn& turn : turns) turn.asked.call->end(fail(ChannelFault::Closed));
    if (closed) closed->complete();
  }

  // A call given up by its caller leaves its entry until the reply comes.
  void ask(Asked asked, std::uint16_t type, Payload request) {
    const Deadline deadline = asked.deadline;
    pending_.emplace(++last_id_, std::move(asked));
    send(type, last_id_, std::move(request), deadline);
  }

  // One timer serves all calls. It is set again only for an earlier deadline: nearly all calls end long before theirs.
  void expire_at(Deadline deadline) {
    if (deadline >= armed_for_) return;
    loop_.cancel_timer(timer_);
    armed_for_ = deadline;
    timer_ = loop_.add_timer(deadline.at, [this] { expire(); });
  }
  void expire() {
    armed_for_ = Deadline::never();
    const Instant now = loop_.now();
    Deadline next;
    std::vector<CallRef> late;
    const auto look = [&](const Asked& asked) {
      if (asked.call->over()) return;
      if (asked.deadline.at <= now) {
        late.push_back(asked.call);
      } else {
        next = next.sooner(asked.deadline);
      }
    };
    for (const auto& [id, asked] : pending_) look(asked);
    for (const Turn& turn : turns_) look(turn.asked);
    expire_at(next);
    for (const CallRef& call : late) call->end(fail(ChannelFault::TimedOut));
  }

  void send(std::uint16_t type, std::uint64_t id, Payload payload, Deadline deadline) {
    Frame frame;
    frame.type = type;
    frame.id = id;
    frame.time_left_ns = deadline.is_never() ? -1 : std::max<std::int64_t>(0, (deadline.at - loop_.now()).nanoseconds);
    frame.payload = std::move(payload);
    wire_->send(std::move(frame));
  }

  void frame_arrived(Frame frame) override {
    if (closed()) return;
    if (frame.type == reply_type || frame.type == refused_type) {
      finish_call(std::move(frame));
      return;
    }
    const auto place = served_.find(frame.type);
    if (place == served_.end()) {
      // A notice has no caller to be told.
      if (frame.id != 0) send(refused_type, frame.id, {}, Deadline::never());
      violate("message of type " + std::to_string(frame.type) + " is not served to this peer");
      return;
    }
    // A peer may say anything: beyond a year it means the same, and adding it does not overflow.
    const std::int64_t left = std::min(frame.time_left_ns, days(365).nanoseconds);
    const Deadline deadline = left < 0 ? Deadline::never() : loop_.in({left});
    try {
      if (Task<> work = place->second(frame.id, std::move(frame.payload), deadline)) tasks_->spawn(std::move(work));
    } catch (...) {
      task_failed(std::current_exception());
    }
  }

  void finish_call(Frame frame) {
    const auto place = pending_.find(frame.id);
    if (place == pending_.end()) {
      violate("reply to a request that was not made");
      return;
    }
    const CallRef call = std::move(place->second.call);
    pending_.erase(place);
    give_turns();
    if (frame.type == refused_type) {
      call->end(fail(ChannelFault::Refused));
    } else {
      call->end(std::move(frame.payload));
    }
  }

  void give_turns() {
    while (!turns_.empty() && pending_.size() < limits_.window) {
      Turn turn = std::move(turns_.front());
      turns_.pop_front();
      if (!turn.asked.call->over()) ask(std::move(turn.asked), turn.type, std::move(turn.request));
    }
  }

  void wire_ended(const std::string& fault) override {
    if (!fault.empty()) {
      violate(fault);
    } else {
      close();
    }
  }

  // A handler that throws is a fault of ours: its caller gets no answer, the channel ends.
  void task_failed(std::exception_ptr error) override {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      violate(std::string("handler failed: ") + e.what());
    } catch (...) {
      violate("handler failed");
    }
  }

  Loop& loop_;
  ChannelLimits limits_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint16_t, Handler> served_;
  std::unordered_map<std::uint64_t, Asked> pending_;
  std::deque<Turn> turns_;
  Deadline armed_for_ = Deadline::never();
  TimerId timer_;
  CellRef closed_cell_;
  std::function<void(const std::string&)> violation_;
  std::unique_ptr<FrameWire> wire_;
  std::unique_ptr<TaskGroup> tasks_;
};

}  // namespace

ChannelPtr make_channel(Loop& loop, Descriptor socket, ChannelLimits limits) {
  return std::make_unique<MessageChannel>(loop, make_socket_wire(loop, std::move(socket), limits), limits);
}

ChannelPair make_memory_channels(Loop& loop, ChannelLimits limits) {
  auto [first, second] = make_memory_wires(loop);
  return {std::make_unique<MessageChannel>(loop, std::move(first), limits),
          std::make_unique<MessageChannel>(loop, std::move(second), limits)};
}

SocketPair make_socket_pair() {
  int ends[2];
  CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace courier
