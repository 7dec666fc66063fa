#include "runtime/loop.h"

#include <gtest/gtest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>
#include <thread>

#include "base/descriptor.h"
#include "runtime/channel.h"
#include "runtime/task_group.h"
#include "runtime/testing/manual_loop.h"

namespace courier {
namespace {

Task<> note_after(Loop& loop, Duration wait, std::string& notes, char what) {
  co_await loop.sleep(wait);
  notes += what;
}

TEST(ManualLoop, TimersRunInOrderOfTime) {
  ManualLoop loop;
  std::string notes;
  TaskGroup group(loop, no_exceptions());
  group.spawn(note_after(loop, seconds(2), notes, 'b'));
  group.spawn(note_after(loop, seconds(1), notes, 'a'));
  loop.advance(milliseconds(1'500));
  EXPECT_EQ(notes, "a");
  loop.advance(seconds(1));
  EXPECT_EQ(notes, "ab");
  EXPECT_EQ(group.size(), 0u);
}

TEST(Task, DestroyingAWaitingOneCancelsItsTimerAndDestroysItsLocals) {
  ManualLoop loop;
  std::string notes;
  {
    TaskGroup group(loop, no_exceptions());
    group.spawn(note_after(loop, seconds(1), notes, 'x'));
  }
  loop.advance(seconds(2));
  EXPECT_EQ(notes, "");
}

TEST(Loop, ATimerThatIsCancelledAfterItsTimeNeverRuns) {
  ManualLoop loop;
  bool ran = false;
  const TimerId second = loop.add_timer(loop.now() + seconds(1) + nanoseconds(1), [&] { ran = true; });
  loop.add_timer(loop.now() + seconds(1), [&, second] { loop.cancel_timer(second); });
  loop.advance(seconds(5));
  EXPECT_FALSE(ran);
}

Task<> destroy_group_by_post(Loop& loop, std::unique_ptr<TaskGroup>& group) {
  loop.post([&] { group.reset(); });
  co_return;
}

TEST(TaskGroup, ATaskThatEndsItselfOutOfTheGroupIsErasedByPost) {
  ManualLoop loop;
  auto group = std::make_unique<TaskGroup>(loop, no_exceptions());
  group->spawn(destroy_group_by_post(loop, group));
  loop.run_ready();
  EXPECT_EQ(group, nullptr);
}

struct Remember : TaskGroup::ErrorHandler {
  void task_failed(std::exception_ptr error) override {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      text = e.what();
    }
  }
  std::string text;
};
Task<> fails(Loop& loop) {
  co_await loop.sleep(seconds(1));
  throw std::runtime_error("broken");
}

TEST(TaskGroup, ExceptionsReachTheHandler) {
  ManualLoop loop;
  Remember remember;
  TaskGroup group(loop, remember);
  group.spawn(fails(loop));
  loop.advance(seconds(1));
  EXPECT_EQ(remember.text, "broken");
}

Task<int> answer(Loop& loop) {
  co_await loop.sleep(milliseconds(1));
  co_return 42;
}

TEST(RealLoop, RunsATaskToItsEnd) {
  const auto loop = make_loop();
  EXPECT_EQ(run_until_done(*loop, answer(*loop)), 42);
}

Task<int> wait_read(Watch& watch, Deadline deadline) { co_return co_await watch.wait(Direction::Read, deadline); }
Task<> wait_read_into(Watch& watch, int& outcome) { outcome = co_await watch.wait(Direction::Read, Deadline::never()); }

TEST(RealLoop, AWaitEndsWithTheDeadline) {
  const auto loop = make_loop();
  const SocketPair pair = make_socket_pair();
  const auto watch = loop->watch(pair.first.get());
  EXPECT_EQ(run_until_done(*loop, wait_read(*watch, loop->in(milliseconds(5)))), static_cast<int>(Readiness::TimedOut));
  ASSERT_EQ(::write(pair.second.get(), "x", 1), 1);
  EXPECT_EQ(run_until_done(*loop, wait_read(*watch, loop->in(seconds(5)))), static_cast<int>(Readiness::Ready));
}

TEST(RealLoop, EachWaitHasItsOwnDeadline) {
  const auto loop = make_loop();
  const SocketPair pair = make_socket_pair();
  const auto watch = loop->watch(pair.first.get());
  const auto wait_for = [&](Duration most) { return run_until_done(*loop, wait_read(*watch, loop->in(most))); };
  const auto ready_at_once = [&] {
    ASSERT_EQ(::write(pair.second.get(), "x", 1), 1);
    EXPECT_EQ(wait_for(milliseconds(5)), static_cast<int>(Readiness::Ready));
    char byte = 0;
    ASSERT_EQ(::read(pair.first.get(), &byte, 1), 1);
  };
  ready_at_once();
  // A later one: that of the wait before does not end it.
  const Instant start = loop->now();
  EXPECT_EQ(wait_for(milliseconds(20)), static_cast<int>(Readiness::TimedOut));
  EXPECT_GE((loop->now() - start).nanoseconds, milliseconds(20).nanoseconds);
  // An earlier one.
  EXPECT_EQ(wait_for(milliseconds(1)), static_cast<int>(Readiness::TimedOut));
  ready_at_once();
  // None: what is left of the one before ends nothing.
  int outcome = -1;
  TaskGroup group(*loop, no_exceptions());
  group.spawn(wait_read_into(*watch, outcome));
  run_until_done(*loop, loop->sleep(milliseconds(10)));
  EXPECT_EQ(outcome, -1);
}

// The three traps of the naive way, which ASan finds.
TEST(RealLoop, DestroyingAReadInFlightTouchesNothing) {
  const auto loop = make_loop();
  SocketPair pair = make_socket_pair();
  auto watch = loop->watch(pair.first.get());
  {
    int outcome = -1;
    TaskGroup group(*loop, no_exceptions());
    group.spawn(wait_read_into(*watch, outcome));
  }
  ASSERT_EQ(::write(pair.second.get(), "x", 1), 1);
  run_until_done(*loop, loop->sleep(milliseconds(5)));
  watch.reset();
  run_until_done(*loop, loop->sleep(milliseconds(1)));
}

TEST(RealLoop, ATimerExpiredButNotYetRunIsStillCancelled) {
  const auto loop = make_loop();
  auto sleeping = std::make_unique<TaskGroup>(*loop, no_exceptions());
  std::string notes;
  sleeping->spawn(note_after(*loop, milliseconds(1), notes, 'x'));
  ::usleep(3'000);  // expired now; its handler has not run
  sleeping.reset();
  run_until_done(*loop, loop->sleep(milliseconds(5)));
  EXPECT_EQ(notes, "");
}

Task<int> wait_write(Watch& watch, Deadline deadline) { co_return co_await watch.wait(Direction::Write, deadline); }

TEST(RealLoop, CancellingAReadLeavesAConcurrentWriteAlone) {
  const auto loop = make_loop();
  SocketPair pair = make_socket_pair();
  char block[65536] = {};
  while (::send(pair.first.get(), block, sizeof block, MSG_DONTWAIT) > 0) {}
  const auto watch = loop->watch(pair.first.get());
  TaskGroup group(*loop, no_exceptions());
  int read_outcome = -1;
  group.spawn(wait_read_into(*watch, read_outcome));
  loop->add_timer(loop->now() + milliseconds(2), [&] { watch->cancel(Direction::Read); });
  loop->add_timer(loop->now() + milliseconds(6), [&] {
    while (::recv(pair.second.get(), block, sizeof block, MSG_DONTWAIT) > 0) {}
  });
  EXPECT_EQ(run_until_done(*loop, wait_write(*watch, loop->in(seconds(5)))), static_cast<int>(Readiness::Ready));
  EXPECT_EQ(read_outcome, static_cast<int>(Readiness::Canceled));
}

TEST(RealLoop, WhatWasNotReadEndsTheNextWaitAtOnce) {
  const auto loop = make_loop();
  const SocketPair pair = make_socket_pair();
  const auto watch = loop->watch(pair.first.get());
  ASSERT_EQ(::write(pair.second.get(), "xyz", 3), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(run_until_done(*loop, wait_read(*watch, loop->in(seconds(5)))), static_cast<int>(Readiness::Ready));
    char byte = 0;
    EXPECT_EQ(::read(pair.first.get(), &byte, 1), 1);
    run_until_done(*loop, loop->sleep(milliseconds(1)));  // it stays readable while nobody waits
  }
  EXPECT_EQ(run_until_done(*loop, wait_read(*watch, loop->in(milliseconds(2)))), static_cast<int>(Readiness::TimedOut));
}

double thread_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

TEST(RealLoop, WhatNobodyWaitsForDoesNotKeepItBusy) {
  const auto loop = make_loop();
  SocketPair pair = make_socket_pair();
  const auto watch = loop->watch(pair.first.get());
  EXPECT_EQ(run_until_done(*loop, wait_read(*watch, loop->in(milliseconds(1)))), static_cast<int>(Readiness::TimedOut));
  EXPECT_EQ(run_until_done(*loop, wait_write(*watch, loop->in(seconds(5)))), static_cast<int>(Readiness::Ready));
  ASSERT_EQ(::write(pair.second.get(), "x", 1), 1);
  pair.second.reset();  // readable, and hung up
  const double before = thread_seconds();
  run_until_done(*loop, loop->sleep(milliseconds(100)));
  EXPECT_LT(thread_seconds() - before, 0.05);
  EXPECT_EQ(run_until_done(*loop, wait_read(*watch, loop->in(seconds(5)))), static_cast<int>(Readiness::Ready));
  EXPECT_EQ(run_until_done(*loop, wait_write(*watch, loop->in(seconds(5)))), static_cast<int>(Readiness::Ready));
}

Task<> destroy_when_readable(Watch& own, std::unique_ptr<Watch>& other, int& ended) {
  co_await own.wait(Direction::Read, Deadline::never());
  other.reset();
  ++ended;
}

TEST(RealLoop, OneOfTwoReadyWatchesDestroysTheOther) {
  const auto loop = make_loop();
  const SocketPair one = make_socket_pair(), two = make_socket_pair();
  auto first = loop->watch(one.first.get()), second = loop->watch(two.first.get());
  int ended = 0;
  TaskGroup group(*loop, no_exceptions());
  group.spawn(destroy_when_readable(*first, second, ended));
  group.spawn(destroy_when_readable(*second, first, ended));
  ASSERT_EQ(::write(one.second.get(), "x", 1) + ::write(two.second.get(), "x", 1), 2);
  run_until_done(*loop, loop->sleep(milliseconds(5)));
  EXPECT_EQ(ended, 2);  // one by its event, the other since its watch went
  EXPECT_TRUE(!first || !second);
}

TEST(RealLoop, AWaitWhoseWatchGoesIsToldLater) {
  const auto loop = make_loop();
  const SocketPair pair = make_socket_pair();
  auto watch = loop->watch(pair.first.get());
  int outcome = -1;
  TaskGroup group(*loop, no_exceptions());
  group.spawn(wait_read_into(*watch, outcome));
  watch.reset();
  EXPECT_EQ(outcome, -1);
  run_until_done(*loop, loop->sleep(milliseconds(1)));
  EXPECT_EQ(outcome, static_cast<int>(Readiness::Canceled));
}

TEST(RealLoop, ARegularFileIsAlwaysReady) {
  const auto loop = make_loop();
  const Descriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  const auto watch = loop->watch(file.get());
  EXPECT_EQ(run_until_done(*loop, wait_read(*watch, loop->in(seconds(5)))), static_cast<int>(Readiness::Ready));
}

TEST(RealLoop, JobsOfAnotherThreadRunInTheirOrderAndWakeIt) {
  const auto loop = make_loop();
  constexpr int count = 2'000;
  int ran = 0;
  std::thread other([&] {
    for (int i = 0; i < count; ++i) {
      if (i % 500 == 0) ::usleep(2'000);  // it sleeps again
      loop->post_from_any_thread([&, i] {
        EXPECT_EQ(ran++, i);
        if (ran == count) loop->stop();
      });
    }
  });
  loop->run();
  other.join();
  EXPECT_EQ(ran, count);
}

TEST(RealLoop, JobsRunInTheirOrderAndThoseAfterStopInTheNextRun) {
  const auto loop = make_loop();
  std::string notes;
  loop->post([&] {
    notes += 'a';
    loop->post([&] { notes += 'd'; });
  });
  loop->post([&] {
    notes += 'b';
    loop->stop();
  });
  loop->post([&] { notes += 'c'; });
  loop->run();
  EXPECT_EQ(notes, "ab");
  loop->add_timer(loop->now() + milliseconds(1), [&] { loop->stop(); });
  loop->run();
  EXPECT_EQ(notes, "abcd");
}

TEST(RealLoop, ARunThatAJobEndsAtOnceStillSeesWhatHappened) {
  const auto loop = make_loop();
  const SocketPair pair = make_socket_pair();
  const auto watch = loop->watch(pair.first.get());
  int outcome = -1;
  TaskGroup group(*loop, no_exceptions());
  group.spawn(wait_read_into(*watch, outcome));
  ASSERT_EQ(::write(pair.second.get(), "x", 1), 1);
  for (int i = 0; i < 3 && outcome == -1; ++i) {
    loop->post([&] { loop->stop(); });
    loop->run();
  }
  EXPECT_EQ(outcome, static_cast<int>(Readiness::Ready));
}

TEST(RealLoop, AJobThatNeverRanMayPostWhileItGoes) {
  struct Posts {
    explicit Posts(Loop& l) : loop(&l) {}
    Posts(Posts&& other) noexcept : loop(std::exchange(other.loop, nullptr)) {}
    ~Posts() {
      if (loop) loop->post([] {});
    }
    Loop* loop;
  };
  const auto loop = make_loop();
  loop->post([posts = Posts(*loop)] {});
  loop->post_from_any_thread([posts = Posts(*loop)] {});
}

}  // namespace
}  // namespace courier
