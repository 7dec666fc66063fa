#include "runtime/loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

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

TEST(AsioLoop, RunsATaskToItsEnd) {
  const auto loop = make_loop();
  EXPECT_EQ(run_until_done(*loop, answer(*loop)), 42);
}

Task<int> wait_read(Watch& watch, Deadline deadline) { co_return co_await watch.wait(Direction::Read, deadline); }
Task<> wait_read_into(Watch& watch, int& outcome) { outcome = co_await watch.wait(Direction::Read, Deadline::never()); }

TEST(AsioLoop, AWaitEndsWithTheDeadline) {
  const auto loop = make_loop();
  const SocketPair pair = make_socket_pair();
  const auto watch = loop->watch(pair.first.get());
  EXPECT_EQ(run_until_done(*loop, wait_read(*watch, loop->in(milliseconds(5)))), static_cast<int>(Readiness::TimedOut));
  ASSERT_EQ(::write(pair.second.get(), "x", 1), 1);
  EXPECT_EQ(run_until_done(*loop, wait_read(*watch, loop->in(seconds(5)))), static_cast<int>(Readiness::Ready));
}

// The three traps of the naive way, which ASan finds.
TEST(AsioLoop, DestroyingAReadInFlightTouchesNothing) {
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

TEST(AsioLoop, ATimerExpiredButNotYetRunIsStillCancelled) {
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

TEST(AsioLoop, CancellingAReadLeavesAConcurrentWriteAlone) {
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

}  // namespace
}  // namespace courier
