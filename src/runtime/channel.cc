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
struct Pending {
  CellRef done = make_cell();
  ChannelResult<Payload> result = fail(ChannelFault::Closed);
};

struct Served {
  std::string name;
  Channel::Handler handler;
};

class MessageChannel final : public Channel, public TaskGroup::ErrorHandler, public FrameSink {
 public:
  MessageChannel(Loop& loop, std::unique_ptr<FrameWire> wire, ChannelLimits limits)
      : loop_(loop), limits_(limits), wire_(std::move(wire)), tasks_(std::make_unique<TaskGroup>(loop, *this)) {
    wire_->start(*this);
  }
  ~MessageChannel() override {
    *alive_ = false;
    closed_ = true;
    wire_->stop();
    release_waiters();
  }

  void serve_raw(std::uint16_t type, const char* name, Handler handler) override {
    served_[type] = std::make_shared<Served>(Served{name, std::move(handler)});
  }

  Task<ChannelResult<Payload>> call_raw(std::uint16_t type, Payload request, Deadline deadline) override {
    if (!closed_ && pending_.size() >= limits_.window) {
      if (!co_await take_turn(deadline)) co_return fail(ChannelFault::TimedOut);
    }
    if (closed_) co_return fail(ChannelFault::Closed);
    const std::uint64_t id = ++last_id_;
    const auto pending = std::make_shared<Pending>();
    pending_.emplace(id, pending);
    send(type, id, std::move(request), deadline);
    // A call given up by its caller leaves its entry until the reply comes: the effect is not cancelled either.
    TimerId timer;
    if (!deadline.is_never()) {
      timer = loop_.add_timer(deadline.at, [pending] {
        pending->result = fail(ChannelFault::TimedOut);
        pending->done->complete();
      });
    }
    Loop& loop = loop_;  // this channel may be destroyed while the call waits
    co_await pending->done;
    loop.cancel_timer(timer);
    co_return std::move(pending->result);
  }

  void notify_raw(std::uint16_t type, Payload notice) override {
    if (!closed_) send(type, 0, std::move(notice), Deadline::never());
  }

  bool closed() const override { return closed_; }
  Task<> wait_closed() override {
    if (closed_) co_return;
    closed_cell_ = make_cell();
    co_await closed_cell_;
  }
  void close() override {
    if (closed_) return;
    closed_ = true;
    wire_->stop();
    // Callers and handlers end by post: close() may be called from one of them.
    loop_.post([this, alive = alive_] {
      if (*alive) end_everything();
    });
  }
  void on_violation(std::function<void(const std::string&)> told) override { violation_ = std::move(told); }

 protected:
  void malformed_request(const char* name) override { violate(std::string("malformed message: ") + name); }

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
    for (const auto& [id, call] : pending) call->done->complete();
    for (const auto& turn : turns) turn->complete();
    if (closed) closed->complete();
  }

  void violate(const std::string& what) {
    if (closed_) return;
    if (violation_) violation_(what);
    close();
  }

  Task<bool> take_turn(Deadline deadline) {
    const CellRef turn = make_cell();
    turns_.push_back(turn);
    TimerId timer;
    if (!deadline.is_never()) timer = loop_.add_timer(deadline.at, [turn] { turn->complete(1); });
    Loop& loop = loop_;
    const int outcome = co_await turn;
    loop.cancel_timer(timer);
    co_return outcome == 0;
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
    if (closed_) return;
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
    tasks_->spawn(answer(place->second, frame.id, std::move(frame.payload), deadline));
  }

  Task<> answer(std::shared_ptr<Served> served, std::uint64_t id, Payload request, Deadline deadline) {
    Payload reply = co_await served->handler(std::move(request), deadline);
    if (id != 0 && !closed_) send(reply_type, id, std::move(reply), Deadline::never());
  }

  void finish_call(Frame frame) {
    const auto place = pending_.find(frame.id);
    if (place == pending_.end()) {
      violate("reply to a request that was not made");
      return;
    }
    const auto pending = std::move(place->second);
    pending_.erase(place);
    if (!turns_.empty()) {
      const CellRef turn = std::move(turns_.front());
      turns_.pop_front();
      loop_.post([turn] { turn->complete(); });
    }
    if (pending->done->completed()) return;  // too late
    if (frame.type == refused_type) {
      pending->result = fail(ChannelFault::Refused);
    } else {
      pending->result = std::move(frame.payload);
    }
    pending->done->complete();
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
  bool closed_ = false;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint16_t, std::shared_ptr<Served>> served_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Pending>> pending_;
  std::deque<CellRef> turns_;
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
