// Channel: messages with requests and replies between two processes, over a SOCK_STREAM pair that the supervisor made.
//
// Identity is the channel: who is at the other end was fixed by the supervisor and is never claimed in a message.
// A frame on the wire: u32 length of what follows the header, u16 type, u16 number of descriptors, u64 request id,
// i64 time left in ns (-1: no deadline), payload. The descriptors ride (SCM_RIGHTS) on the frame's first byte; another number than stated
// closes the channel, as does a frame above the limit. Replies come in any order; at most `window` requests are under
// way, more callers wait their turn (back-pressure).
//
// Message types are structs with a field list (base/codec.h) and two constants:
//     static constexpr std::uint16_t type = 0x0101;       // unique within all contracts: contract number << 8 | message
//     static constexpr const char* name = "submit";       // for logs
// A request names its reply: `using Reply = SubmitReply;`. One without waits for no answer (a notice).
// Descriptors travel beside the struct.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "base/descriptor.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/loop.h"
#include "runtime/task.h"

namespace courier {

enum class ChannelFault {
  Closed,    // the other process ended, or broke the rules of the wire; what was under way may or may not have happened
  TimedOut,  // no reply before the deadline
  Refused,   // the other side does not take this message from us
  Malformed, // the reply did not decode
};

template <class T>
using ChannelResult = Result<T, ChannelFault>;
[[nodiscard]] const char* to_string(ChannelFault fault);

struct Payload {
  std::string bytes;
  std::vector<Descriptor> descriptors;
};

// A message with the descriptors that travel beside it.
template <class T>
struct WithDescriptors {
  T message;
  std::vector<Descriptor> descriptors;
};

struct ChannelLimits {
  std::size_t max_frame = 8u << 20;
  std::size_t window = 4096;       // requests of ours under way
  std::size_t max_descriptors = 16;
};

// A request under way: completes when `result` says how it ended. Its caller may be gone by then: what was asked for is not cancelled.
class Call final : public Cell {
 public:
  ChannelResult<Payload> result = fail(ChannelFault::Closed);

  // The first end counts.
  void end(ChannelResult<Payload> with) {
    if (completed()) return;
    result = std::move(with);
    complete();
  }
  // It has ended, or nobody waits for that any more.
  [[nodiscard]] bool over() const { return completed() || given_up_; }
  void abandoned() override { given_up_ = true; }

 private:
  bool given_up_ = false;
};

using CallRef = RefTo<Call>;

// Who can be asked: a Channel, or a Link that has one (runtime/link.h).
class Callee {
 public:
  virtual ~Callee() = default;

  // Sends the request before it returns, or as soon as it is its turn; `call` ends with the reply or the deadline.
  virtual void begin(CallRef call, std::uint16_t type, Payload request, Deadline deadline) = 0;
  virtual void notify_raw(std::uint16_t type, Payload notice) = 0;

  // The request is on its way when these return: what they give only waits for the reply.
  template <class Request>
  [[nodiscard]] Task<ChannelResult<typename Request::Reply>> call(const Request& request, Deadline deadline,
                                                                  std::vector<Descriptor> descriptors = {}) {
    return read_reply<typename Request::Reply>(begin_raw(Request::type, Payload{encode(request), std::move(descriptors)}, deadline));
  }
  // The same when the reply brings descriptors.
  template <class Request>
  [[nodiscard]] Task<ChannelResult<WithDescriptors<typename Request::Reply>>> call_with_descriptors(
      const Request& request, Deadline deadline, std::vector<Descriptor> descriptors = {}) {
    return read_whole_reply<typename Request::Reply>(begin_raw(Request::type, Payload{encode(request), std::move(descriptors)}, deadline));
  }
  [[nodiscard]] Task<ChannelResult<Payload>> call_raw(std::uint16_t type, Payload request, Deadline deadline) {
    return raw_reply(begin_raw(type, std::move(request), deadline));
  }
  template <class Notice>
  void notify(const Notice& notice, std::vector<Descriptor> descriptors = {}) {
    notify_raw(Notice::type, Payload{encode(notice), std::move(descriptors)});
  }

 private:
  CallRef begin_raw(std::uint16_t type, Payload request, Deadline deadline) {
    const CallRef call(new Call);
    begin(call, type, std::move(request), deadline);
    return call;
  }
  static Task<ChannelResult<Payload>> raw_reply(CallRef call) {
    co_await call;
    co_return std::move(call->result);
  }
  template <class Reply>
  static Task<ChannelResult<Reply>> read_reply(CallRef call) {
    co_await call;
    if (!call->result) co_return fail(call->result.error());
    ChannelResult<Reply> reply;
    if (!decode(std::move(call->result->bytes), *reply)) co_return fail(ChannelFault::Malformed);
    co_return reply;
  }
  template <class Reply>
  static Task<ChannelResult<WithDescriptors<Reply>>> read_whole_reply(CallRef call) {
    co_await call;
    if (!call->result) co_return fail(call->result.error());
    ChannelResult<WithDescriptors<Reply>> reply;
    if (!decode(std::move(call->result->bytes), reply->message)) co_return fail(ChannelFault::Malformed);
    reply->descriptors = std::move(call->result->descriptors);
    co_return reply;
  }
};

class Channel;

// How a request is answered at any later time: by one who goes on although the channel closes, which makes this do nothing. When it
// is dropped unused, the caller waits until its deadline.
template <class Reply>
class Answer {
 public:
  Answer(Channel& channel, std::uint64_t id);
  void operator()(const Reply& reply) const;

 private:
  std::shared_ptr<const bool> open_;
  Channel* channel_;
  std::uint64_t id_;
};

// Must not be destroyed from inside one of its own handlers or callers (close() may be called there).
class Channel : public Callee {
 public:
  [[nodiscard]] bool closed() const { return !*open_; }
  // Completes when the channel is closed, by either side. At most one waiter.
  [[nodiscard]] virtual Task<> wait_closed() = 0;
  // Ends it: callers get Closed, handlers that run are cancelled.
  virtual void close() = 0;
  // Told (once) when the peer broke the rules: text for the log.
  virtual void on_violation(std::function<void(const std::string&)> told) = 0;

  // What this side serves is registered before the first await after construction. A request of any other type is answered
  // with Refused, logged by the caller through on_violation, and the channel closes: nobody sends it by mistake.
  //
  // handler: Task<Request::Reply>(Request, Deadline), a plain function object without coroutine captures of its own
  // (it may call a coroutine member function). A request that does not decode closes the channel.
  template <class Request, class F>
  void serve(F handler) {
    serve_raw(Request::type, [handler = std::move(handler), this](std::uint64_t id, Payload raw, Deadline deadline) -> Task<> {
      Request request;
      if (!decode(std::move(raw.bytes), request)) return malformed_request(Request::name);
      return answer<typename Request::Reply>(*this, id, handler(std::move(request), deadline));
    });
  }
  // handler: Task<WithDescriptors<Reply>>(WithDescriptors<Request>, Deadline)
  template <class Request, class F>
  void serve_with_descriptors(F handler) {
    serve_raw(Request::type, [handler = std::move(handler), this](std::uint64_t id, Payload raw, Deadline deadline) -> Task<> {
      WithDescriptors<Request> request;
      if (!decode(std::move(raw.bytes), request.message)) return malformed_request(Request::name);
      request.descriptors = std::move(raw.descriptors);
      return answer_whole<typename Request::Reply>(*this, id, handler(std::move(request), deadline));
    });
  }
  // handler: void(Request, Answer<Request::Reply>)
  template <class Request, class F>
  void serve_apart(F handler) {
    serve_raw(Request::type, [handler = std::move(handler), this](std::uint64_t id, Payload raw, Deadline) -> Task<> {
      Request request;
      if (!decode(std::move(raw.bytes), request)) return malformed_request(Request::name);
      handler(std::move(request), Answer<typename Request::Reply>(*this, id));
      return {};
    });
  }
  // handler: void(Notice, std::vector<Descriptor>)
  template <class Notice, class F>
  void on_notice(F handler) {
    serve_raw(Notice::type, [handler = std::move(handler), this](std::uint64_t, Payload raw, Deadline) -> Task<> {
      Notice notice;
      if (!decode(std::move(raw.bytes), notice)) return malformed_request(Notice::name);
      handler(std::move(notice), std::move(raw.descriptors));
      return {};
    });
  }

 protected:
  // Takes one request; what it gives answers it. No task: that is done already, or no answer is owed.
  using Handler = std::function<Task<>(std::uint64_t id, Payload request, Deadline deadline)>;
  virtual void serve_raw(std::uint16_t type, Handler handler) = 0;
  virtual void reply(std::uint64_t id, Payload payload) = 0;
  virtual void violate(const std::string& what) = 0;

  const std::shared_ptr<bool> open_ = std::make_shared<bool>(true);  // false: closed, or this is gone

 private:
  template <class Reply>
  friend class Answer;
  Task<> malformed_request(const char* name) {
    violate(std::string("malformed message: ") + name);
    return {};
  }
  template <class Reply>
  static Task<> answer(Channel& self, std::uint64_t id, Task<Reply> work) {
    const Reply message = co_await std::move(work);
    self.reply(id, Payload{encode(message), {}});
  }
  template <class Reply>
  static Task<> answer_whole(Channel& self, std::uint64_t id, Task<WithDescriptors<Reply>> work) {
    auto whole = co_await std::move(work);
    self.reply(id, Payload{encode(whole.message), std::move(whole.descriptors)});
  }
};

template <class Reply>
Answer<Reply>::Answer(Channel& channel, std::uint64_t id) : open_(channel.open_), channel_(&channel), id_(id) {}
template <class Reply>
void Answer<Reply>::operator()(const Reply& reply) const {
  if (*open_) channel_->reply(id_, Payload{encode(reply), {}});
}

using ChannelPtr = std::unique_ptr<Channel>;

// On one end of a socket pair, which it owns.
[[nodiscard]] ChannelPtr make_channel(Loop& loop, Descriptor socket, ChannelLimits limits = {});
// Both ends on in-memory streams of one loop, for tests; descriptors pass too.
struct ChannelPair {
  ChannelPtr first, second;
};
[[nodiscard]] ChannelPair make_memory_channels(Loop& loop, ChannelLimits limits = {});
// A connected, close-on-exec, non-blocking socket pair.
struct SocketPair {
  Descriptor first, second;
};
[[nodiscard]] SocketPair make_socket_pair();

}  // namespace courier
