#include "store/maildir/delivery.h"

#include <algorithm>
#include <set>

#include "runtime/testing/held_pool.h"
#include "store/maildir/delivery_fixture.h"

namespace courier::store {
namespace {

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
  empty.body = std::make_shared<DeliveryBody>(SharedBytes());
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
