#include "runtime/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/link.h"
#include "runtime/task_group.h"
#include "runtime/testing/manual_loop.h"

namespace courier {
namespace {

struct Doubled {
  std::int64_t number = 0;
  std::string text;
  template <class V>
  void fields(V& v) {
    v("number", number), v("text", text);
  }
};
struct Double {
  static constexpr std::uint16_t type = 0x7001;
  static constexpr const char* name = "double";
  using Reply = Doubled;
  std::int64_t number = 0;
  std::string text;
  template <class V>
  void fields(V& v) {
    v("number", number), v("text", text);
  }
};
struct Rogue : Double {
  static constexpr std::uint16_t type = 0x7002;
};

class Doubler {
 public:
  explicit Doubler(Loop& loop) : loop_(loop) {}
  void serve(Channel& channel) {
    channel.serve<Double>([this](Double request, Deadline deadline) { return twice(std::move(request), deadline); });
  }
  Task<Doubled> twice(Double request, Deadline) {
    // Odd ones take longer: replies come in another order than requests.
    if (request.number % 2 == 1) co_await loop_.sleep(milliseconds(2));
    if (request.number == 666) co_await loop_.sleep(hours(1));
    co_return Doubled{request.number * 2, request.text + request.text};
  }

 private:
  Loop& loop_;
};

Task<> ask_one(Channel& channel, std::int64_t number, std::string text, int& good) {
  auto reply = co_await channel.call(Double{number, text}, Deadline::never());
  if (reply && reply->number == number * 2 && reply->text == text + text) ++good;
}

// No two parts of it are the same.
std::string text_of(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + " ";
  text.resize(size);
  return text;
}

Task<> ask_many(Loop& loop, Channel& channel, int& good) {
  TaskGroup group(loop, no_exceptions());
  for (int i = 0; i < 300; ++i) {
    group.spawn(ask_one(channel, i, text_of(static_cast<std::size_t>(i) * 400), good));
  }
  co_await group.wait_empty(Deadline::never());
}

TEST(Channel, RepliesInAnyOrderOverSockets) {
  const auto loop = make_loop();
  SocketPair pair = make_socket_pair();
  const ChannelPtr client = make_channel(*loop, std::move(pair.first), {.window = 50});
  const ChannelPtr server = make_channel(*loop, std::move(pair.second));
  Doubler doubler(*loop);
  doubler.serve(*server);
  int good = 0;
  run_until_done(*loop, ask_many(*loop, *client, good));
  EXPECT_EQ(good, 300);
}

TEST(Channel, RepliesInAnyOrderInMemory) {
  ManualLoop loop;
  ChannelPair pair = make_memory_channels(loop);
  Doubler doubler(loop);
  doubler.serve(*pair.second);
  int good = 0;
  run_until_done(loop, ask_many(loop, *pair.first, good));
  EXPECT_EQ(good, 300);
}

template <class Request>
Task<ChannelResult<Doubled>> ask(Channel& channel, std::int64_t number, Deadline deadline) {
  Request request;
  request.number = number;
  co_return co_await channel.call(request, deadline);
}

TEST(Channel, ADeadlineEndsACallAndTheLateReplyIsIgnored) {
  ManualLoop loop;
  ChannelPair pair = make_memory_channels(loop);
  Doubler doubler(loop);
  doubler.serve(*pair.second);
  const auto reply = run_until_done(loop, ask<Double>(*pair.first, 666, loop.in(seconds(1))));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error(), ChannelFault::TimedOut);
  loop.advance(hours(2));
  EXPECT_FALSE(pair.first->closed());
}

TEST(Channel, AMessageThatIsNotServedIsRefusedAndEndsTheChannel) {
  for (const bool sockets : {true, false}) {
    const auto loop = make_loop();
    SocketPair ends = make_socket_pair();
    ChannelPair pair = sockets ? ChannelPair{make_channel(*loop, std::move(ends.first)), make_channel(*loop, std::move(ends.second))}
                               : make_memory_channels(*loop);
    Doubler doubler(*loop);
    doubler.serve(*pair.second);
    std::string told;
    pair.second->on_violation([&](const std::string& what) { told = what; });
    const auto reply = run_until_done(*loop, ask<Rogue>(*pair.first, 1, Deadline::never()));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error(), ChannelFault::Refused);
    EXPECT_TRUE(pair.second->closed());
    EXPECT_NE(told.find("not served"), std::string::npos);
  }
}

TEST(Channel, ANoticeThatIsNotServedEndsTheChannelWithoutAnAnswer) {
  ManualLoop loop;
  ChannelPair pair = make_memory_channels(loop);
  std::string told, sender_told;
  pair.first->on_violation([&](const std::string& what) { sender_told = what; });
  pair.second->on_violation([&](const std::string& what) { told = what; });
  pair.first->notify(Double{});
  loop.run_ready();
  EXPECT_NE(told.find("not served"), std::string::npos);
  EXPECT_EQ(sender_told, "");
  EXPECT_TRUE(pair.first->closed());
}

TEST(Channel, AnAbsurdTimeLeftIsNoFault) {
  const auto loop = make_loop();
  SocketPair pair = make_socket_pair();
  const ChannelPtr server = make_channel(*loop, std::move(pair.second));
  Deadline seen;
  server->serve<Double>([&](Double, Deadline deadline) {
    seen = deadline;
    loop->stop();
    return []() -> Task<Doubled> { co_return Doubled{}; }();
  });
  const std::string payload = encode(Double{});
  std::string frame(
      "\0\0\0\0\x01\x70\x00\x00"
      "\1\0\0\0\0\0\0\0"
      "\xff\xff\xff\xff\xff\xff\xff\x7f",
      24);
  frame[0] = static_cast<char>(payload.size());
  frame += payload;
  ASSERT_EQ(::send(pair.first.get(), frame.data(), frame.size(), 0), static_cast<ssize_t>(frame.size()));
  loop->run();
  EXPECT_GT(seen, loop->in(days(364)));
  EXPECT_LT(seen, loop->in(days(366)));
}

TEST(Channel, PeerThatGoesAwayEndsCallsWithClosed) {
  const auto loop = make_loop();
  SocketPair pair = make_socket_pair();
  const ChannelPtr client = make_channel(*loop, std::move(pair.first));
  loop->add_timer(loop->now() + milliseconds(2), [&] { pair.second.reset(); });
  const auto reply = run_until_done(*loop, ask<Double>(*client, 1, Deadline::never()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error(), ChannelFault::Closed);
}

struct Passed {
  std::string content;
  template <class V>
  void fields(V& v) {
    v("content", content);
  }
};
struct Pass {
  static constexpr std::uint16_t type = 0x7003;
  static constexpr const char* name = "pass";
  using Reply = Passed;
  bool unused = false;
  template <class V>
  void fields(V& v) {
    v("unused", unused);
  }
};
Task<WithDescriptors<Passed>> read_passed(WithDescriptors<Pass> request) {
  char buffer[16] = {};
  WithDescriptors<Passed> reply;
  if (request.descriptors.size() == 1 && ::read(request.descriptors[0].get(), buffer, sizeof buffer) > 0) reply.message.content = buffer;
  co_return reply;
}
Task<std::string> pass_one(Channel& channel) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) co_return "no pipe";
  Descriptor reader(ends[0]);
  Descriptor writer(ends[1]);
  if (::write(writer.get(), "hello", 5) != 5) co_return "no write";
  std::vector<Descriptor> descriptors;
  descriptors.push_back(std::move(reader));
  auto reply = co_await channel.call(Pass{}, Deadline::never(), std::move(descriptors));
  co_return reply ? reply->content : "no reply";
}

TEST(Channel, DescriptorsTravelWithTheirMessage) {
  const auto loop = make_loop();
  SocketPair pair = make_socket_pair();
  const ChannelPtr client = make_channel(*loop, std::move(pair.first));
  const ChannelPtr server = make_channel(*loop, std::move(pair.second));
  server->serve_with_descriptors<Pass>([](WithDescriptors<Pass> request, Deadline) { return read_passed(std::move(request)); });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(run_until_done(*loop, pass_one(*client)), "hello");
}

// Bytes that are no frame of ours: the channel closes and tells why.
TEST(Channel, FramesThatLieCloseTheChannel) {
  const std::string too_long(
      "\xff\xff\xff\x7f\x01\x70\x00\x00"
      "\1\0\0\0\0\0\0\0"
      "\xff\xff\xff\xff\xff\xff\xff\xff",
      24);
  const std::string no_descriptor(
      "\0\0\0\0\x01\x70\x01\x00"
      "\1\0\0\0\0\0\0\0"
      "\xff\xff\xff\xff\xff\xff\xff\xff",
      24);
  const std::string no_request(
      "\0\0\0\0\xff\xff\x00\x00"
      "\1\0\0\0\0\0\0\0"
      "\xff\xff\xff\xff\xff\xff\xff\xff",
      24);
  for (const std::string& bytes : {too_long, no_descriptor, no_request}) {
    const auto loop = make_loop();
    SocketPair pair = make_socket_pair();
    const ChannelPtr server = make_channel(*loop, std::move(pair.second));
    std::string told;
    server->on_violation([&](const std::string& what) { told = what; });
    ASSERT_EQ(::send(pair.first.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    run_until_done(*loop, server->wait_closed());
    EXPECT_NE(told, "");
  }
}

Task<bool> link_call(Link& link, Deadline deadline) { co_return (co_await link.call(Double{4, "x"}, deadline)).has_value(); }

TEST(Link, CallsWaitForTheChannelAndSurviveItsReplacement) {
  ManualLoop loop;
  Link link(loop);
  EXPECT_FALSE(run_until_done(loop, link_call(link, loop.in(seconds(1)))));
  Doubler doubler(loop);
  std::vector<ChannelPtr> servers;
  const auto attach = [&] {
    ChannelPair pair = make_memory_channels(loop);
    doubler.serve(*pair.second);
    servers.push_back(std::move(pair.second));
    link.attach(std::move(pair.first));
  };
  loop.add_timer(loop.now() + seconds(2), attach);
  EXPECT_TRUE(run_until_done(loop, link_call(link, loop.in(seconds(5)))));
  servers.front().reset();
  loop.add_timer(loop.now() + seconds(2), attach);
  loop.run_ready();
  EXPECT_TRUE(run_until_done(loop, link_call(link, loop.in(seconds(5)))));
}

}  // namespace
}  // namespace courier
