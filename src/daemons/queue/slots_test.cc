// Whose turn it is, and when messages are tried again.
#include "daemons/queue/slots.h"

#include <gtest/gtest.h>

#include "daemons/queue/outcome.h"
#include "daemons/queue/schedule.h"
#include "runtime/task_group.h"
#include "runtime/testing/manual_loop.h"

namespace courier::queue {
namespace {

class SlotsTest : public ::testing::Test {
 protected:
  // An attempt that takes a second; what happens is written to `story`.
  Task<> attempt(std::string host, std::string name) {
    const Slots::Slot slot = co_await slots.acquire(Transport::Remote, host);
    if (!slot) {
      story += name + ":paused ";
      co_return;
    }
    story += name + " ";
    most = std::max(most, slots.running(Transport::Remote));
    co_await loop.sleep(seconds(1));
  }
  void add(const std::string& host, const std::string& name) { tasks.spawn(attempt(host, name)); }

  ManualLoop loop;
  Slots slots{loop};
  std::string story;
  std::size_t most = 0;
  TaskGroup tasks{loop, no_exceptions()};
};

TEST_F(SlotsTest, LimitsHoldPerHostAndForTheTransport) {
  slots.set_limits(Transport::Remote, {.running = 3, .per_host = 2});
  for (const char* name : {"a1", "a2", "a3", "a4"}) add("a", name);
  for (const char* name : {"b1", "b2"}) add("b", name);
  EXPECT_EQ(story, "a1 a2 b1 ");
  EXPECT_EQ(slots.waiting(Transport::Remote), 3u);
  loop.advance(seconds(10));
  EXPECT_EQ(most, 3u);
  EXPECT_EQ(slots.running(Transport::Remote), 0u);
  EXPECT_EQ(slots.waiting(Transport::Remote), 0u);
}

TEST_F(SlotsTest, TheHostThatJustAnsweredIsNextAndNoneStarves) {
  slots.set_limits(Transport::Remote, {.running = 1, .per_host = 1});
  for (int i = 1; i <= 5; ++i) add("busy", "busy" + std::to_string(i));
  add("small", "small1");
  add("other", "other1");
  loop.advance(seconds(20));
  EXPECT_EQ(story, "busy1 busy2 other1 busy3 small1 busy4 busy5 ");
}

TEST_F(SlotsTest, APausedHostTellsWhoWaitsAndWhoComes) {
  slots.set_limits(Transport::Remote, {.running = 4, .per_host = 1});
  add("down", "d1");
  add("down", "d2");
  add("up", "u1");
  slots.pause(Transport::Remote, "down", minutes(5));
  add("down", "d3");
  loop.run_ready();
  EXPECT_EQ(story, "d1 u1 d3:paused d2:paused ");
  loop.advance(minutes(6));
  add("down", "d4");
  EXPECT_EQ(story, "d1 u1 d3:paused d2:paused d4 ");
}

TEST_F(SlotsTest, ALongLineAtOneHostIsSentAway) {
  slots.set_limits(Transport::Remote, {.running = 4, .per_host = 1, .waiting_per_host = 2});
  for (int i = 1; i <= 5; ++i) add("slow", "s" + std::to_string(i));
  add("quick", "q1");
  EXPECT_EQ(story, "s1 s4:paused s5:paused q1 ");
}

TEST_F(SlotsTest, RaisedLimitsTakeEffectAtOnce) {
  slots.set_limits(Transport::Remote, {.running = 1, .per_host = 1});
  add("a", "a1");
  add("b", "b1");
  add("c", "c1");
  slots.set_limits(Transport::Remote, {.running = 3, .per_host = 1});
  loop.run_ready();
  EXPECT_EQ(story, "a1 b1 c1 ");
}

TEST(Schedule, RetriesGrow) {
  const QueueSettings settings;
  std::vector<std::int64_t> waits;
  for (std::uint32_t round = 1; round <= 15; ++round) waits.push_back(retry_wait(round, settings).seconds() / 60);
  EXPECT_EQ(waits, (std::vector<std::int64_t>{5, 5, 30, 5, 5, 60, 5, 5, 120, 5, 5, 120, 5, 5, 120}));
}

TEST(Schedule, TheClockIsMistrustedAfterAJump) {
  const WallTime start = wall_seconds(1'767'607'200);
  const Instant zero{};
  ExpiryClock steady(start, zero, start + minutes(-1), days(7));
  EXPECT_FALSE(steady.suspended(zero));
  EXPECT_FALSE(steady.look(start + minutes(1), zero + minutes(1)));
  EXPECT_TRUE(steady.look(start + days(2), zero + minutes(2)));
  EXPECT_TRUE(steady.suspended(zero + hours(23)));
  EXPECT_FALSE(steady.suspended(zero + hours(25)));
  EXPECT_TRUE(ExpiryClock(start, zero, start + hours(1), days(7)).suspended(zero)) << "set back while the queue did not run";
  EXPECT_TRUE(ExpiryClock(start, zero, start + days(-8), days(7)).suspended(zero)) << "set far ahead";
}

Message deferred_message(WallTime arrived) {
  Message message;
  message.record.arrived_us = arrived.microseconds;
  message.record.targets.push_back({.number = 0,
                                    .recipient = 0,
                                    .kind = TargetKind::Remote,
                                    .address = "a@b.test",
                                    .mailbox = {},
                                    .notify = 0,
                                    .original = {},
                                    .reason = {}});
  return message;
}

TEST(Conclude, ExpiryTakesTwoRoundsAfterItsTime) {
  const WallTime now = wall_seconds(1'767'607'200);
  const QueueSettings settings;
  Message message = deferred_message(now + days(-8));
  const Round round{.attempted = true};
  EXPECT_FALSE(conclude(message, round, now, false, settings).finished);
  const Conclusion suspended = conclude(message, round, now, true, settings);
  EXPECT_FALSE(suspended.finished) << "not while the clock is mistrusted";
  const Conclusion end = conclude(message, round, now, false, settings);
  EXPECT_TRUE(end.finished && end.expired);
  EXPECT_EQ(message.progress.targets[0].status, "4.4.7");
}

TEST(Conclude, ARestingSiteCostsNoRound) {
  const WallTime now = wall_seconds(1'767'607'200);
  Message message = deferred_message(now);
  const Conclusion end = conclude(message, {.attempted = false, .paused_until_us = now.microseconds + 77}, now, false, {});
  EXPECT_EQ(end.due_us, now.microseconds + 77);
  EXPECT_EQ(message.progress.rounds, 0u);
}

}  // namespace
}  // namespace courier::queue
