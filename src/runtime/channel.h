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

// Who can be asked: a Channel, or a Link that has one (runtime/link.h).
class Callee {
 public:
  virtual ~Callee() = default;

  [[nodiscard]] virtual Task<ChannelResult<Payload>> call_raw(std::uint16_t type, Payload request, Deadline deadline) = 0;
  virtual void notify_raw(std::uint16_t type, Payload notice) = 0;

  // The request is written before these return: no coroutine keeps it.
  template <class Request>
  [[nodiscard]] Task<ChannelResult<typename Request::Reply>> call(const Request& request, Deadline deadline,
                                                                  std::vector<Descriptor> descriptors = {}) {
    return read_reply<typename Request::Reply>(call_raw(Request::type, Payload{encode(request), std::move(descriptors)}, deadline));
  }
  // The same when the reply brings descriptors.
  template <class Request>
  [[nodiscard]] Task<ChannelResult<WithDescriptors<typename Request::Reply>>> call_with_descriptors(
      const Request& request, Deadline deadline, std::vector<Descriptor> descriptors = {}) {
    return read_whole_reply<typename Request::Reply>(call_raw(Request::type, Payload{encode(request), std::move(descriptors)}, deadline));
  }
  template <class Notice>
  void notify(const Notice& notice, std::vector<Descriptor> descriptors = {}) {
    notify_raw(Notice::type, Payload{encode(notice), std::move(descriptors)});
  }

 private:
  template <class Reply>
  static Task<ChannelResult<Reply>> read_reply(Task<ChannelResult<Payload>> call) {
    auto raw = co_await std::move(call);
    if (!raw) co_return fail(raw.error());
    Reply reply;
    if (!decode(std::move(raw->bytes), reply)) co_return fail(ChannelFault::Malformed);
    co_return std::move(reply);
  }
  template <class Reply>
  static Task<ChannelResult<WithDescriptors<Reply>>> read_whole_reply(Task<ChannelResult<Payload>> call) {
    auto raw = co_await std::move(call);
    if (!raw) co_return fail(raw.error());
    WithDescriptors<Reply> reply;
    if (!decode(std::move(raw->bytes), reply.message)) co_return fail(ChannelFault::Malformed);
    reply.descriptors = std::move(raw->descriptors);
    co_return std::move(reply);
  }
};

// Must not be destroyed from inside one of its own handlers or callers (close() may be called there).
class Channel : public Callee {
 public:
  // Serves requests of one type. Returns the reply's payload; nothing: no answer is owed (a notice) or none will come.
  using Handler = std::function<Task<Payload>(Payload request, Deadline deadline)>;

  // Registers what this side serves, before the first await after construction. A request of any other type is answered
  // with Refused, logged by the caller through on_violation, and the channel closes: nobody sends it by mistake.
  virtual void serve_raw(std::uint16_t type, const char* name, Handler handler) = 0;

  [[nodiscard]] virtual bool closed() const = 0;
  // Completes when the channel is closed, by either side. At most one waiter.
  [[nodiscard]] virtual Task<> wait_closed() = 0;
  // Ends it: callers get Closed, handlers that run are cancelled.
  virtual void close() = 0;
  // Told (once) when the peer broke the rules: text for the log.
  virtual void on_violation(std::function<void(const std::string&)> told) = 0;

  // handler: Task<Request::Reply>(Request, Deadline), a plain function object without coroutine captures of its own
  // (it may call a coroutine member function). A request that does not decode closes the channel.
  template <class Request, class F>
  void serve(F handler) {
    serve_raw(Request::type, Request::name,
              [handler, this](Payload raw, Deadline deadline) { return serve_one<Request>(*this, handler, std::move(raw), deadline); });
  }
  // handler: Task<WithDescriptors<Reply>>(WithDescriptors<Request>, Deadline)
  template <class Request, class F>
  void serve_with_descriptors(F handler) {
    serve_raw(Request::type, Request::name, [handler, this](Payload raw, Deadline deadline) {
      return serve_one_with_descriptors<Request>(*this, handler, std::move(raw), deadline);
    });
  }
  // handler: void(Notice, std::vector<Descriptor>)
  template <class Notice, class F>
  void on_notice(F handler) {
    serve_raw(Notice::type, Notice::name,
              [handler, this](Payload raw, Deadline) { return take_notice<Notice>(*this, handler, std::move(raw)); });
  }

 protected:
  virtual void malformed_request(const char* name) = 0;

 private:
  template <class Request, class F>
  static Task<Payload> serve_one(Channel& self, const F& handler, Payload raw, Deadline deadline) {
    Request request;
    if (!decode(std::move(raw.bytes), request)) return refuse(self, Request::name);
    return write_reply<typename Request::Reply>(handler(std::move(request), deadline));
  }
  template <class Request, class F>
  static Task<Payload> serve_one_with_descriptors(Channel& self, const F& handler, Payload raw, Deadline deadline) {
    WithDescriptors<Request> request;
    if (!decode(std::move(raw.bytes), request.message)) return refuse(self, Request::name);
    request.descriptors = std::move(raw.descriptors);
    return write_whole_reply<typename Request::Reply>(handler(std::move(request), deadline));
  }
  static Task<Payload> refuse(Channel& self, const char* name) {
    self.malformed_request(name);
    co_return Payload{};
  }
  template <class Reply>
  static Task<Payload> write_reply(Task<Reply> answer) {
    const Reply reply = co_await std::move(answer);
    co_return Payload{encode(reply), {}};
  }
  template <class Reply>
  static Task<Payload> write_whole_reply(Task<WithDescriptors<Reply>> answer) {
    auto reply = co_await std::move(answer);
    co_return Payload{encode(reply.message), std::move(reply.descriptors)};
  }
  template <class Notice, class F>
  static Task<Payload> take_notice(Channel& self, F handler, Payload raw) {
    Notice notice;
    if (decode(std::move(raw.bytes), notice)) {
      handler(std::move(notice), std::move(raw.descriptors));
    } else {
      self.malformed_request(Notice::name);
    }
    co_return Payload{};
  }
};

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
