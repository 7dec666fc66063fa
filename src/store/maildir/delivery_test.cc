#include "store/maildir/delivery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <thread>

#include "runtime/task_group.h"
#include "runtime/testing/held_pool.h"
#include "runtime/testing/manual_loop.h"
#include "runtime/testing/simulated_disk.h"
#include "store/maildir/message_name.h"

namespace courier::store {
namespace {

constexpr const char* kHead = "Return-Path: <bob@example.org>\nDelivered-To: ann@example.test\n";

// The body of message `number`, several sectors long, so that a torn one is seen.
std::string body_of(int number) {
  std::string line = "message " + std::to_string(number) + "\n";
  std::string body = "Subject: " + std::to_string(number) + "\n\n";
  while (body.size() < 1500) body += line;
  return body;
}

// Neither rests nor gathers: what is ready is delivered and answered.
Deliverer::Settings at_once(std::uint64_t process_id) { return {.process_id = process_id, .rest = {}, .gather = {}}; }

class DeliveryTest : public testing::Test {
 protected:
  Delivery message(int number, const std::string& maildir = "/mail/ann") {
    Delivery delivery;
    delivery.maildir = maildir;
    delivery.base = delivery_base(wall_seconds(1'800'000'000 + number), "Q" + std::to_string(number), 0, "mx1");
    delivery.look_first = false;
    delivery.head = kHead;
    delivery.body = std::make_shared<DeliveryBody>(body_of(number));
    return delivery;
  }
  static Task<> collect(Deliverer& deliverer, Delivery delivery, std::function<void(DeliveryResult)> told) {
    told(co_await deliverer.deliver(std::move(delivery)));
  }
  DeliveryResult deliver(Delivery delivery) {
    DeliveryResult result;
    tasks.spawn(collect(deliverer, std::move(delivery), [&](DeliveryResult r) { result = std::move(r); }));
    loop.run_ready();
    return result;
  }
  std::vector<std::string> names(const std::string& folder) {
    std::vector<std::string> result;
    const auto entries = disk.list(folder);
    if (!entries) return result;
    for (const DirectoryEntry& entry : *entries) result.push_back(entry.name);
    return result;
  }

  ManualLoop loop;
  SimulatedDisk disk;
  std::unique_ptr<Pool> pool = make_inline_pool(loop);
  Deliverer deliverer{loop, disk, *pool, at_once(7)};
  TaskGroup tasks{loop, no_exceptions()};
};

TEST_F(DeliveryTest, PutsTheMessageIntoNewUnderItsName) {
  EXPECT_EQ(deliver(message(1)).outcome, DeliveryOutcome::Delivered);
  const auto found = names("/mail/ann/new");
  ASSERT_EQ(found.size(), 1u);
  const std::string expected = kHead + body_of(1);
  const auto lines = std::count(expected.begin(), expected.end(), '\n');
  EXPECT_EQ(found[0], with_sizes("1800000001.QQ1R0.mx1", expected.size(), expected.size() + static_cast<std::size_t>(lines)));
  EXPECT_EQ(read_file(disk, "/mail/ann/new/" + found[0]), expected);
  EXPECT_TRUE(names("/mail/ann/tmp").empty());
  EXPECT_EQ(read_file(*disk.survivor(0), "/mail/ann/new/" + found[0]), expected);
}

TEST_F(DeliveryTest, AFileBodyArrivesWholeAndEmptyBodiesToo) {
  const auto file = disk.open("/body", OpenMode::Create);
  const std::string content(300'000, 'x');
  ASSERT_TRUE((*file)->write_at(0, content));
  Delivery large = message(1);
  large.body = std::make_shared<DeliveryBody>(std::move(*disk.open("/body", OpenMode::Read)), content.size());
  EXPECT_EQ(deliver(large).outcome, DeliveryOutcome::Delivered);
  EXPECT_EQ(read_file(disk, "/mail/ann/new/" + names("/mail/ann/new")[0]), kHead + content);
  Delivery empty = message(2, "/mail/bob");
  empty.body = std::make_shared<DeliveryBody>("");
  EXPECT_EQ(deliver(empty).outcome, DeliveryOutcome::Delivered);
  EXPECT_EQ(read_file(disk, "/mail/bob/new/" + names("/mail/bob/new")[0]), kHead);
  // A body file that is shorter than promised is not delivered.
  Delivery torn = message(3, "/mail/bob");
  torn.body = std::make_shared<DeliveryBody>(std::move(*disk.open("/body", OpenMode::Read)), content.size() + 1);
  EXPECT_EQ(deliver(torn).outcome, DeliveryOutcome::Broken);
  EXPECT_EQ(names("/mail/bob/new").size(), 1u);
}

TEST_F(DeliveryTest, ARepeatedAttemptFindsTheFirst) {
  ASSERT_EQ(deliver(message(1)).outcome, DeliveryOutcome::Delivered);
  EXPECT_EQ(deliver(message(1)).outcome, DeliveryOutcome::Repeated);   // remembered
  Deliverer restarted(loop, disk, *pool, at_once(8));
  Delivery again = message(1);
  again.look_first = true;
  DeliveryResult result;
  tasks.spawn(collect(restarted, again, [&](DeliveryResult r) { result = r; }));
  loop.run_ready();
  EXPECT_EQ(result.outcome, DeliveryOutcome::Repeated);
  // Read and flagged by a client meanwhile.
  const std::string name = names("/mail/ann/new")[0];
  ASSERT_TRUE(disk.rename("/mail/ann/new/" + name, "/mail/ann/cur/" + name + ":2,S"));
  tasks.spawn(collect(restarted, again, [&](DeliveryResult r) { result = r; }));
  loop.run_ready();
  EXPECT_EQ(result.outcome, DeliveryOutcome::Repeated);
  EXPECT_TRUE(names("/mail/ann/new").empty());
  EXPECT_EQ(names("/mail/ann/cur").size(), 1u);
}

TEST_F(DeliveryTest, OneDirectorySyncServesAWholeBatch) {
  disk.refuse_volume_syncs();
  ASSERT_EQ(deliver(message(0)).outcome, DeliveryOutcome::Delivered);
  const auto before = disk.calls();
  int done = 0;
  for (int i = 1; i <= 50; ++i) tasks.spawn(collect(deliverer, message(i), [&](DeliveryResult) { ++done; }));
  EXPECT_EQ(deliverer.pending(), 50u);
  loop.run_ready();
  EXPECT_EQ(done, 50);
  EXPECT_EQ(deliverer.pending(), 0u);
  EXPECT_EQ(disk.calls().at("sync_directory") - before.at("sync_directory"), 1u);
  EXPECT_EQ(disk.calls().at("sync") - before.at("sync"), 50u);
}

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
  Deliverer waves{
      loop,
      disk,
      *pool,
      {.process_id = 9, .wave_rest = milliseconds(50), .rest = {}, .gather = {}, .wave_ended = [this](std::size_t messages, bool whole) {
         ended.emplace_back(messages, whole);
       }}};
};

TEST_F(WaveTest, ManyMessagesOfAllMaildirsShareTwoSyncs) {
  send(1, 30);
  loop.run_ready();
  EXPECT_EQ(done, 30);
  EXPECT_EQ(safe(), 30);
  EXPECT_EQ(ended, (std::vector<std::pair<std::size_t, bool>>{{30, true}}));
  EXPECT_EQ(calls("sync_volume"), 2u);
  EXPECT_EQ(calls("sync"), 0u);
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
  send(11, 25);
  loop.advance(milliseconds(49));
  EXPECT_EQ(done, 10);
  loop.advance(milliseconds(1));
  EXPECT_EQ(done, 25);
  EXPECT_EQ(calls("sync_volume"), 4u);
  // Too few for a wave, and then nobody waits for one any more.
  send(26, 27);
  loop.advance(milliseconds(50));
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
    if (calls("rename") == 1) disk.fail_next_volume_sync("nothing is lost");
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

TEST_F(DeliveryTest, AMaildirRestsBetweenGroupsAndOthersDoNotWaitForIt) {
  Deliverer resting(loop, disk, *pool, {.process_id = 9, .rest = milliseconds(100), .gather = {}});
  std::vector<int> order;
  const auto send = [&](int number, const std::string& maildir) {
    tasks.spawn(collect(resting, message(number, maildir), [&order, number](DeliveryResult) { order.push_back(number); }));
    loop.run_ready();
  };
  send(1, "/mail/ann");
  EXPECT_EQ(order, (std::vector{1}));  // alone: at once
  const auto before = disk.calls();
  send(2, "/mail/ann");
  send(3, "/mail/ann");
  send(4, "/mail/bob");
  EXPECT_EQ(order, (std::vector{1, 4}));
  loop.advance(milliseconds(99));
  EXPECT_EQ(order, (std::vector{1, 4}));
  loop.advance(milliseconds(1));
  EXPECT_EQ(order, (std::vector{1, 4, 2, 3}));
  loop.advance(seconds(1));
  const auto synced = disk.calls();
  send(5, "/mail/ann");
  EXPECT_EQ(order.back(), 5);  // rested
  EXPECT_EQ(disk.calls().at("sync_directory") - synced.at("sync_directory"), 1u);
  EXPECT_EQ(disk.calls().at("sync") - before.at("sync"), 4u);
  EXPECT_EQ(resting.pending(), 0u);
}

TEST_F(DeliveryTest, AMessageThatComesAsItsMaildirHasRestedBeginsOneGroup) {
  Deliverer resting(loop, disk, *pool, {.process_id = 9, .rest = milliseconds(100), .gather = {}});
  int done = 0;
  const auto send = [&](int number, const std::string& maildir) {
    tasks.spawn(collect(resting, message(number, maildir), [&](DeliveryResult) { ++done; }));
  };
  send(1, "/mail/ann");
  loop.run_ready();
  // In the turn in which the deliverer looks for maildirs that have rested: bob's has, and is about to begin.
  loop.add_timer(loop.now() + milliseconds(105), [&] { send(3, "/mail/bob"); });
  loop.advance(milliseconds(2));
  send(2, "/mail/bob");
  loop.run_ready();
  ASSERT_EQ(done, 2);
  loop.advance(milliseconds(103));
  EXPECT_EQ(done, 3);
  EXPECT_EQ(resting.pending(), 0u);
}

TEST_F(DeliveryTest, AnswersGatherWhileOthersAreBeingWritten) {
  HeldPool held(loop);
  Deliverer gathering(loop, disk, held, {.process_id = 9, .rest = {}, .gather = milliseconds(20)});
  int done = 0;
  for (const char* maildir : {"/mail/ann", "/mail/bob", "/mail/cid"}) {
    tasks.spawn(collect(gathering, message(1, maildir), [&](DeliveryResult) { ++done; }));
  }
  loop.run_ready();
  held.run_one();
  held.run_one();
  loop.run_ready();
  EXPECT_EQ(done, 0);
  loop.advance(milliseconds(20));
  EXPECT_EQ(done, 2);
  held.run_one();
  loop.run_ready();
  EXPECT_EQ(done, 3);  // the last one waits for nobody
}

TEST_F(DeliveryTest, QuotaIsCheckedForEachAndCountedOnce) {
  int refused = 0;
  int taken = 0;
  for (int i = 0; i < 5; ++i) {
    Delivery delivery = message(i);
    delivery.quota = {.bytes = 0, .messages = 3};
    tasks.spawn(collect(deliverer, delivery, [&](const DeliveryResult& r) {
      refused += r.outcome == DeliveryOutcome::OverQuota;
      taken += r.outcome == DeliveryOutcome::Delivered;
    }));
  }
  loop.run_ready();
  EXPECT_EQ(taken, 3);
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(names("/mail/ann/new").size(), 3u);
  EXPECT_TRUE(names("/mail/ann/tmp").empty());
  EXPECT_EQ(Quota(disk, "/mail/ann", {.bytes = 0, .messages = 3}, "t").use(loop.wall_now())->totals.messages, 3);
}

TEST_F(DeliveryTest, AFullDiskIsForLater) {
  ASSERT_EQ(deliver(message(1)).outcome, DeliveryOutcome::Delivered);
  disk.set_capacity(disk.used_bytes() + 100);
  EXPECT_EQ(deliver(message(2)).outcome, DeliveryOutcome::NoSpace);
  EXPECT_EQ(names("/mail/ann/new").size(), 1u);
  EXPECT_TRUE(names("/mail/ann/tmp").empty());
}

TEST_F(DeliveryTest, AfterAFailedSyncTheBytesAreWrittenAnew) {
  ASSERT_EQ(deliver(message(0)).outcome, DeliveryOutcome::Delivered);
  disk.fail_next_sync("/mail/ann/tmp/");
  EXPECT_EQ(deliver(message(1)).outcome, DeliveryOutcome::Delivered);
  const auto after = disk.survivor(0);
  int whole = 0;
  for (const std::string& name : names("/mail/ann/new")) {
    const auto content = read_file(*after, "/mail/ann/new/" + name);
    whole += content == kHead + body_of(0) || content == kHead + body_of(1);
  }
  EXPECT_EQ(whole, 2);
}

TEST_F(DeliveryTest, AfterAFailedSyncOfNewItIsTriedOnceMore) {
  ASSERT_EQ(deliver(message(0)).outcome, DeliveryOutcome::Delivered);
  disk.fail_next_directory_sync("/mail/ann/new");
  EXPECT_EQ(deliver(message(1)).outcome, DeliveryOutcome::Delivered);
  const auto after = disk.survivor(0)->list("/mail/ann/new");
  EXPECT_EQ(after->size(), 2u);
  EXPECT_EQ(names("/mail/ann/new").size(), 2u);
  EXPECT_TRUE(names("/mail/ann/tmp").empty());
}

TEST_F(DeliveryTest, WhatAClientTookWhenTheSyncOfNewFailedDoesNotComeTwice) {
  ASSERT_EQ(deliver(message(0)).outcome, DeliveryOutcome::Delivered);
  disk.fail_next_directory_sync("/mail/ann/new");
  disk.set_boundary_hook([&](std::uint64_t) {
    for (const std::string& name : names("/mail/ann/new")) {
      if (name.find(".QQ1R") != std::string::npos) EXPECT_TRUE(disk.rename("/mail/ann/new/" + name, "/mail/ann/cur/" + name + ":2,S"));
    }
  });
  EXPECT_EQ(deliver(message(1)).outcome, DeliveryOutcome::Delivered);
  disk.set_boundary_hook(nullptr);
  EXPECT_EQ(names("/mail/ann/new").size(), 1u);
  EXPECT_EQ(names("/mail/ann/cur").size(), 1u);
  EXPECT_EQ(disk.survivor(0)->list("/mail/ann/cur")->size(), 1u);
}

// While the file is being written somebody removes the place where it is to go.
TEST_F(DeliveryTest, MakesAgainWhatVanishesMeanwhile) {
  ASSERT_EQ(deliver(message(0)).outcome, DeliveryOutcome::Delivered);
  int number = 0;
  for (const char* gone : {"/mail/ann/new", "/mail/ann"}) {
    ++number;
    disk.set_boundary_hook([&, done = false](std::uint64_t) mutable {
      if (done || names("/mail/ann/tmp").empty()) return;
      done = true;
      EXPECT_TRUE(remove_tree(disk, gone));
    });
    EXPECT_EQ(deliver(message(number)).outcome, DeliveryOutcome::Delivered) << gone;
    disk.set_boundary_hook(nullptr);
    const auto found = names("/mail/ann/new");
    ASSERT_EQ(found.size(), 1u) << gone;
    EXPECT_EQ(read_file(*disk.survivor(0), "/mail/ann/new/" + found[0]), kHead + body_of(number)) << gone;
  }
}

// Every file that a crash leaves in new/ must be whole, and every acknowledged one must be there. Number of faults found.
int count_faults(Disk& disk, const std::set<int>& acknowledged) {
  int faults = 0;
  std::set<int> seen;
  for (const char* account : {"ann", "bob"}) {
    const auto entries = disk.list(std::string("/mail/") + account + "/new");
    if (!entries) continue;
    for (const DirectoryEntry& entry : *entries) {
      const int number = std::stoi(entry.name.substr(entry.name.find(".QQ") + 3));
      const auto content = read_file(disk, std::string("/mail/") + account + "/new/" + entry.name);
      if (content != kHead + body_of(number) || size_of(entry.name) != content->size()) ++faults;
      seen.insert(number);
    }
  }
  for (const int number : acknowledged) faults += !seen.contains(number);
  return faults;
}

// Delivers 30 messages to two accounts, a few at a time, and looks at several possible disks after a crash at every boundary.
int faults_of_a_run(bool ignore_syncs, std::uint64_t seeds, int together) {
  ManualLoop loop;
  SimulatedDisk disk;
  if (ignore_syncs) disk.ignore_syncs();
  const auto pool = make_inline_pool(loop);
  Deliverer deliverer(loop, disk, *pool, at_once(7));
  TaskGroup tasks(loop, no_exceptions());
  std::set<int> acknowledged;
  int faults = 0;
  disk.set_boundary_hook([&](std::uint64_t boundary) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      faults += count_faults(*disk.survivor(seed < 2 ? seed : boundary * 1000 + seed), acknowledged);
    }
  });
  struct Collector {
    static Task<> deliver(Deliverer& deliverer, int number, std::set<int>& acknowledged) {
      Delivery delivery;
      delivery.maildir = number % 3 == 0 ? "/mail/bob" : "/mail/ann";
      delivery.base = delivery_base(wall_seconds(1'800'000'000 + number), "Q" + std::to_string(number), 0, "mx1");
      delivery.head = kHead;
      delivery.body = std::make_shared<DeliveryBody>(body_of(number));
      delivery.quota = {.bytes = 1'000'000, .messages = 0};
      const DeliveryResult result = co_await deliverer.deliver(std::move(delivery));
      if (result.outcome == DeliveryOutcome::Delivered) acknowledged.insert(number);
    }
  };
  for (int number = 0; number < 30;) {
    for (int i = 0; i < together; ++i) tasks.spawn(Collector::deliver(deliverer, number++, acknowledged));
    if (number == 12) disk.fail_next_sync("/mail/ann/tmp/");
    if (number == 20) disk.fail_next_volume_sync("/mail/ann/tmp/");
    loop.advance(seconds(20));
  }
  EXPECT_EQ(acknowledged.size(), 30u);
  return faults;
}

TEST(DeliveryCrash, NothingAcknowledgedIsLostOrTorn) { EXPECT_EQ(faults_of_a_run(false, 5, 6), 0); }
TEST(DeliveryCrash, TheTestWouldNoticeAMissingSync) { EXPECT_GT(faults_of_a_run(true, 3, 6), 0); }
TEST(DeliveryCrash, NothingDeliveredInWavesIsLostOrTorn) { EXPECT_EQ(faults_of_a_run(false, 5, 10), 0); }
TEST(DeliveryCrash, TheTestWouldNoticeAMissingSyncOfTheVolume) { EXPECT_GT(faults_of_a_run(true, 3, 10), 0); }

}  // namespace
}  // namespace courier::store
