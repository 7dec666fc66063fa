// A full disk under both daemons, with a thousand messages in the queue: new mail is refused with 452, nothing is lost, nothing comes
// twice, and all goes on when space returns. The power fails in between.
#include <gtest/gtest.h>

#include "simulation/inspection.h"

namespace courier::simulation {
namespace {

using submit::Outcome;

constexpr int queued_messages = 1000;
constexpr std::uint64_t endless = std::uint64_t{1} << 50;

class FullDisk : public testing::Test {
 protected:
  FullDisk() {
    EXPECT_EQ(world.serve(), "");
    // The mailbox process cannot learn where mail lies, so all of it waits.
    world.auth.accounts_available = false;
    TaskGroup senders(world.loop, no_exceptions());
    for (int n = 0; n < queued_messages; ++n) senders.spawn(send(n));
    world.loop.run_ready();
    EXPECT_EQ(history.acknowledged.size(), static_cast<std::size_t>(queued_messages));
    world.loop.advance(seconds(30));
    EXPECT_GE(world.queued(), static_cast<std::size_t>(queued_messages) * 9 / 10);
    world.auth.accounts_available = true;
  }

  Task<> send(int n) {
    if (co_await world.send(mail(n)) == Outcome::Accepted) history.acknowledged.insert(n);
  }
  Outcome send_now(int n) { return run_until_done(world.loop, world.send(mail(n))); }

  // The power fails, and the next start has room.
  void crash(const std::string& where, std::uint64_t seed) {
    const auto left = disk.survivor(seed);
    left->set_capacity(endless);
    Inspection(history, faults, where).check(*left, world.loop.wall_now(), Depth::Files);
  }

  SimulatedDisk disk;
  World world{disk, wall_seconds(1'767'607'200), 1};
  History history;
  Faults faults;
};

TEST_F(FullDisk, AThousandMessagesSurviveIt) {
  disk.set_capacity(disk.used_bytes());
  EXPECT_EQ(send_now(2001), Outcome::Full);
  world.loop.advance(minutes(10));
  EXPECT_EQ(send_now(2007), Outcome::Full) << "a large one";
  crash("not a byte is free", 7);

  // Some can be delivered, but not all, and no outcome is sure to be written down.
  disk.set_capacity(disk.used_bytes() + (400 << 10));
  world.loop.advance(minutes(20));
  EXPECT_EQ(send_now(2002), Outcome::Full) << "below the reserve";
  EXPECT_GT(world.queued(), 0u);
  crash("some room", 0);
  crash("some room", 11);

  disk.set_capacity(endless);
  world.loop.advance(minutes(5));
  EXPECT_EQ(send_now(2003), Outcome::Accepted);
  history.acknowledged.insert(2003);
  EXPECT_TRUE(world.settle());
  Inspection(history, faults, "the end").check(*disk.survivor(0), world.loop.wall_now(), Depth::Caches);
  EXPECT_EQ(faults.text(), "");
}

}  // namespace
}  // namespace courier::simulation
