// A full disk under a queue with much mail in it: nothing is lost, nothing goes out twice, new mail is refused with 452, and all
// is well again when space returns.
#include <gtest/gtest.h>

#include "daemons/queue/testing/rig.h"

namespace courier::queue::testing {
namespace {

using submit::Outcome;

TEST(FullDisk, AThousandQueuedMessagesSurviveIt) {
  SimulatedDisk disk;
  Rig rig(disk);
  ASSERT_EQ(rig.serve(), "");
  rig.mailbox.answer = [](const auto&, const auto&) { return FakeTransport::deferred(); };
  {
    TaskGroup senders(rig.loop, no_exceptions());
    std::vector<Task<ChannelResult<submit::SubmitReply>>> calls;
    for (int i = 0; i < 1000; ++i) {
      calls.push_back(rig.mx->call(Rig::message("M" + std::to_string(i), {"user" + std::to_string(i) + "@our.test"}), Deadline::never()));
      calls.back().start();
    }
    rig.loop.run_ready();
    for (auto& call : calls) ASSERT_EQ(call.take()->outcome, Outcome::Accepted);
  }
  EXPECT_EQ(rig.ask("status").json.find("\"messages\":1000"), 1u);

  // Not a byte is left; the mailboxes work again.
  disk.set_capacity(disk.used_bytes());
  rig.mailbox.answer = nullptr;
  EXPECT_EQ(rig.submit("N1", {"new@our.test"}), Outcome::Full);
  rig.loop.advance(minutes(10));
  EXPECT_EQ(rig.submit("N2", {"new@our.test"}), Outcome::Full);
  for (const auto& [name, count] : rig.mailbox.copies) ASSERT_EQ(count, 1) << name;

  disk.set_capacity(std::uint64_t{1} << 40);
  rig.loop.advance(minutes(10));
  EXPECT_EQ(rig.submit("N3", {"new@our.test"}), Outcome::Accepted);
  rig.loop.advance(hours(2));
  EXPECT_EQ(rig.mailbox.copies.size(), 1001u);
  for (const auto& [name, count] : rig.mailbox.copies) ASSERT_EQ(count, 1) << name;
  EXPECT_EQ(rig.ask("status").json.find("\"messages\":0"), 1u);
}

TEST(FullDisk, NoAttemptStartsWhileAnOutcomeCannotBeCommitted) {
  SimulatedDisk disk;
  Rig rig(disk);
  ASSERT_EQ(rig.serve(), "");
  EXPECT_EQ(rig.submit("A1", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  EXPECT_EQ(rig.mailbox.requests.size(), 1u);
  rig.mailbox.takes = seconds(5);
  EXPECT_EQ(rig.submit("A2", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.advance(seconds(1));
  EXPECT_EQ(rig.submit("A3", {"eve@far.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  // From now on every sync of the spool fails for a while.
  int failing = 20;
  disk.set_boundary_hook([&](std::uint64_t) {
    if (failing > 0) disk.fail_next_sync("queue.db-wal");
  });
  rig.loop.advance(seconds(6));
  ASSERT_EQ(rig.mailbox.requests.size(), 2u);
  EXPECT_NE(rig.submit("A4", {"bob@our.test"}), Outcome::Accepted);
  EXPECT_NE(rig.ask("trace", {"A2"}).json.find("\"state\":\"queued\""), std::string::npos) << "delivered, but not committed";
  failing = 0;
  rig.loop.advance(seconds(5));
  EXPECT_EQ(rig.submit("A4", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.advance(minutes(1));
  EXPECT_EQ(rig.mailbox.copies["A2/bob@our.test"], 1);
  EXPECT_EQ(rig.mailbox.copies["A4/bob@our.test"], 1);
  EXPECT_EQ(rig.ask("status").json.find("\"messages\":0"), 1u);
  disk.set_boundary_hook(nullptr);
}

}  // namespace
}  // namespace courier::queue::testing
