// Deliveries in waves, and what becomes of them when the file system cannot be synced as a whole.
#include "store/maildir/delivery_work.h"

#include <chrono>
#include <thread>
#include <utility>

#include "store/maildir/delivery_fixture.h"

namespace courier::store {
namespace {

class WaveTest : public DeliveryTest {
 protected:
  void send(int first, int last) {
    for (int i = first; i <= last; ++i) {
      static constexpr const char* maildirs[] = {"/mail/ann", "/mail/bob", "/mail/cid"};
      tasks.spawn(
          collect(waves, message(i, maildirs[i % 3]), [&](const DeliveryResult& r) { done += r.outcome == DeliveryOutcome::Delivered; }));
    }
  }
  std::uint64_t calls(const char* name) {
    const auto place = disk.calls().find(name);
    return place == disk.calls().end() ? 0 : place->second;
  }
  // Messages that would be whole in new/ if the power failed now.
  int safe() {
    int count = 0;
    const auto left = disk.survivor(0);
    for (const char* maildir : {"/mail/ann", "/mail/bob", "/mail/cid"}) {
      for (const std::string& name : names(std::string(maildir) + "/new")) {
        const auto content = read_file(*left, std::string(maildir) + "/new/" + name);
        count += content && content->size() == size_of(name);
      }
    }
    return count;
  }
  int done = 0;
  std::vector<std::pair<std::size_t, bool>> ended;
  // Patient: the sync is a thread's, and its time the machine's, which may be busy.
  Deliverer waves{loop,
                  disk,
                  *pool,
                  {.process_id = 9,
                   .wave_rest = milliseconds(50),
                   .wave_patience = seconds(60),
                   .rest = {},
                   .gather = {},
                   .wave_ended = [this](std::size_t messages, bool whole) { ended.emplace_back(messages, whole); }}};
};

// With files that have no name until they are safe, and, where there are no such files, with names that are renamed.
class EveryWaveTest : public WaveTest, public testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Files, EveryWaveTest, testing::Bool(), [](const auto& i) { return i.param ? "Named" : "Unnamed"; });

TEST_P(EveryWaveTest, ManyMessagesOfAllMaildirsShareTwoSyncs) {
  if (GetParam()) disk.refuse_unnamed_files();
  send(1, 30);
  loop.run_ready();
  EXPECT_EQ(done, 30);
  EXPECT_EQ(safe(), 30);
  EXPECT_EQ(ended, (std::vector<std::pair<std::size_t, bool>>{{30, true}}));
  EXPECT_EQ(calls("sync_volume"), 2u);
  EXPECT_EQ(calls("sync"), 0u);
  EXPECT_EQ(calls("rename"), GetParam() ? 30u : 0u);
  EXPECT_TRUE(names("/mail/ann/tmp").empty());
}

TEST_F(WaveTest, MaildirsOfAnotherFileSystemAreNoTrouble) {
  disk.mount_elsewhere("/mail/bob");
  send(1, 30);
  loop.advance(milliseconds(50));
  EXPECT_EQ(done, 30);
  EXPECT_EQ(safe(), 30);
  // Now each file is made where it belongs.
  const std::uint64_t renamed = calls("rename");
  EXPECT_GT(renamed, 0u);
  send(31, 60);
  loop.advance(milliseconds(50));
  EXPECT_EQ(done, 60);
  EXPECT_EQ(safe(), 60);
  EXPECT_EQ(calls("rename"), renamed);
  EXPECT_EQ(ended, (std::vector<std::pair<std::size_t, bool>>{{30, true}, {30, true}}));
}

// After a restart of the queue, which takes the attempt for the first.
TEST_F(WaveTest, WhatAnEarlierAttemptDeliveredIsReplaced) {
  ASSERT_EQ(deliver(message(3)).outcome, DeliveryOutcome::Delivered);
  const auto place = "/mail/ann/new/" + names("/mail/ann/new").at(0);
  ASSERT_TRUE((*disk.open(place, OpenMode::ReadWrite))->write_at(0, "?"));
  for (int i = 1; i <= 10; ++i) {
    tasks.spawn(collect(waves, message(i), [&](const DeliveryResult& r) { done += r.outcome == DeliveryOutcome::Delivered; }));
  }
  loop.run_ready();
  EXPECT_EQ(done, 10);
  EXPECT_EQ(names("/mail/ann/new").size(), 10u);
  EXPECT_EQ(read_file(*disk.survivor(0), place), kHead + body_of(3));
  EXPECT_TRUE(names("/mail/ann/tmp").empty());
}

TEST_F(WaveTest, LargeMessagesGoForThemselves) {
  send(1, 20);
  const auto large = std::make_shared<DeliveryBody>(std::string(4 << 20, 'x'));
  Delivery heavy = message(100, "/mail/dan");
  heavy.body = large;
  int heavy_done = 0;
  const auto send_heavy = [&] {
    tasks.spawn(collect(waves, heavy, [&](const DeliveryResult& r) { heavy_done += r.outcome == DeliveryOutcome::Delivered; }));
  };
  send_heavy();
  loop.run_ready();
  EXPECT_EQ(done, 20);
  EXPECT_EQ(ended, (std::vector<std::pair<std::size_t, bool>>{{20, true}}));
  EXPECT_EQ(heavy_done, 1);
  EXPECT_EQ(calls("sync"), 1u);
  // Nor do they wait for the next wave.
  heavy = message(101, "/mail/eve");
  heavy.body = large;
  send_heavy();
  loop.run_ready();
  EXPECT_EQ(heavy_done, 2);
  EXPECT_EQ(ended.size(), 1u);
}

TEST_F(WaveTest, ManyMessagesOfOneMaildirAreAWaveToo) {
  for (int i = 1; i <= 300; ++i) {
    tasks.spawn(collect(waves, message(i), [&](const DeliveryResult& r) { done += r.outcome == DeliveryOutcome::Delivered; }));
  }
  loop.advance(milliseconds(50));
  EXPECT_EQ(done, 300);
  EXPECT_EQ(ended, (std::vector<std::pair<std::size_t, bool>>{{250, true}, {50, true}}));
}

TEST_F(WaveTest, FewMessagesAreSyncedEachForItself) {
  send(1, 7);
  loop.run_ready();
  EXPECT_EQ(done, 7);
  EXPECT_EQ(safe(), 7);
  EXPECT_EQ(calls("sync_volume"), 0u);
}

TEST_F(WaveTest, WhatComesAfterAWaveWaitsForTheNextStart) {
  send(1, 10);
  loop.run_ready();
  EXPECT_EQ(done, 10);
  // As long as more comes.
  for (int i = 11; i <= 19; ++i) {
    send(i, i);
    loop.advance(milliseconds(5));
  }
  EXPECT_EQ(done, 10);
  send(20, 20);
  loop.advance(milliseconds(5));
  EXPECT_EQ(done, 20);
  EXPECT_EQ(calls("sync_volume"), 4u);
}

TEST_F(WaveTest, WhenNothingMoreComesNobodyWaitsOn) {
  send(1, 10);
  loop.run_ready();
  send(11, 25);
  loop.advance(milliseconds(9));
  EXPECT_EQ(done, 10);
  loop.advance(milliseconds(1));
  EXPECT_EQ(done, 25);
  EXPECT_EQ(calls("sync_volume"), 4u);
  // Too few for a wave, and then nobody waits for one any more.
  send(26, 27);
  loop.advance(milliseconds(10));
  EXPECT_EQ(done, 27);
  send(28, 28);
  loop.run_ready();
  EXPECT_EQ(done, 28);
  EXPECT_EQ(calls("sync_volume"), 4u);
  EXPECT_EQ(waves.pending(), 0u);
}

TEST_F(WaveTest, AfterAFailedSyncEachGoesOnForItselfAndForAWhileThereIsNoWave) {
  disk.fail_next_volume_sync("/mail/ann/tmp/");
  send(1, 30);
  loop.run_ready();
  EXPECT_EQ(done, 30);
  EXPECT_EQ(safe(), 30);
  send(31, 60);
  loop.advance(seconds(59));
  EXPECT_EQ(done, 60);
  EXPECT_EQ(safe(), 60);
  EXPECT_EQ(calls("sync_volume"), 1u);
  loop.advance(seconds(1));
  disk.fail_next_volume_sync("/mail/bob/tmp/");
  send(61, 90);
  loop.run_ready();
  EXPECT_EQ(calls("sync_volume"), 2u);
  // The second time twice as long.
  loop.advance(seconds(119));
  send(91, 110);
  loop.run_ready();
  EXPECT_EQ(calls("sync_volume"), 2u);
  loop.advance(seconds(1));
  send(111, 140);
  loop.run_ready();
  EXPECT_EQ(calls("sync_volume"), 4u);
  EXPECT_EQ(done, 140);
  EXPECT_EQ(safe(), 140);
  EXPECT_EQ(ended, (std::vector<std::pair<std::size_t, bool>>{{30, false}, {30, false}, {30, true}}));
}

TEST_F(WaveTest, AfterAFailedSyncOfTheNamesEachMaildirIsSyncedForItself) {
  disk.set_boundary_hook([&](std::uint64_t) {
    if (calls("link") == 1) disk.fail_next_volume_sync("nothing is lost");
  });
  send(1, 30);
  loop.run_ready();
  disk.set_boundary_hook(nullptr);
  EXPECT_EQ(calls("sync_volume"), 2u);
  EXPECT_EQ(done, 30);
  EXPECT_EQ(safe(), 30);
  EXPECT_EQ(ended, (std::vector<std::pair<std::size_t, bool>>{{30, false}}));
}

TEST_F(WaveTest, NoWaveWhereTheDiskCannotBeSyncedAsAWhole) {
  disk.refuse_volume_syncs();
  send(1, 30);
  loop.run_ready();
  EXPECT_EQ(done, 30);
  EXPECT_EQ(safe(), 30);
}

TEST_F(WaveTest, NobodyWaitsLongForASlowSync) {
  Deliverer hasty(loop, disk, *pool,
                  {.process_id = 9,
                   .wave_patience = milliseconds(1),
                   .message_patience = {},
                   .rest = {},
                   .gather = {},
                   .wave_ended = [this](std::size_t messages, bool whole) { ended.emplace_back(messages, whole); }});
  disk.set_boundary_hook([&](std::uint64_t) {
    if (calls("sync_volume") == 1 && calls("sync") == 0) std::this_thread::sleep_for(std::chrono::milliseconds(30));
  });
  for (int i = 1; i <= 10; ++i) {
    tasks.spawn(collect(hasty, message(i), [&](const DeliveryResult& r) { done += r.outcome == DeliveryOutcome::Delivered; }));
  }
  loop.run_ready();
  disk.set_boundary_hook(nullptr);
  EXPECT_EQ(done, 10);
  EXPECT_EQ(safe(), 10);
  EXPECT_EQ(ended, (std::vector<std::pair<std::size_t, bool>>{{10, false}}));
}

// What an earlier attempt left is not written, and of those whose file vanishes only theirs is written again.
TEST_F(WaveTest, RepeatedAndOverQuotaAndVanished) {
  ASSERT_EQ(deliver(message(3)).outcome, DeliveryOutcome::Delivered);
  const auto before = disk.calls();
  int repeated = 0, refused = 0;
  Delivery again = message(3);
  again.look_first = true;
  tasks.spawn(collect(waves, again, [&](const DeliveryResult& r) { repeated += r.outcome == DeliveryOutcome::Repeated; }));
  for (int i = 100; i < 104; ++i) {
    Delivery limited = message(i, "/mail/dan");
    limited.quota = {.bytes = 0, .messages = 2};
    tasks.spawn(collect(waves, limited, [&](const DeliveryResult& r) {
      done += r.outcome == DeliveryOutcome::Delivered;
      refused += r.outcome == DeliveryOutcome::OverQuota;
    }));
  }
  for (int i = 200; i < 204; ++i) {
    tasks.spawn(collect(waves, message(i, "/mail/bob"), [&](const DeliveryResult& r) { done += r.outcome == DeliveryOutcome::Delivered; }));
  }
  disk.set_boundary_hook([&, gone = false](std::uint64_t) mutable {
    if (gone || calls("sync_volume") == 0) return;
    gone = true;
    EXPECT_TRUE(remove_tree(disk, "/mail/bob"));
  });
  loop.run_ready();
  disk.set_boundary_hook(nullptr);
  EXPECT_EQ(repeated, 1);
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(done, 6);
  EXPECT_EQ(names("/mail/ann/new").size(), 1u);
  EXPECT_EQ(names("/mail/dan/new").size(), 2u);
  EXPECT_EQ(safe(), 5);  // dan's are not counted there
  EXPECT_EQ(disk.calls().at("sync_volume") - (before.contains("sync_volume") ? before.at("sync_volume") : 0), 2u);
}

}  // namespace
}  // namespace courier::store
