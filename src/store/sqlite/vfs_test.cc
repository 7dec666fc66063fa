// SQLite on a Disk: what a crash leaves, and what happens when the disk is full or fails.
#include "store/sqlite/vfs.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <limits>
#include <optional>

#include "runtime/testing/simulated_disk.h"
#include "store/sqlite/database.h"

namespace courier::sqlite {
namespace {

const char* const setup = "CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b BLOB)";

Result<Database> open_with_table(Disk& disk, const std::string& path, OpenOptions options = {}) {
  auto database = Database::open(disk, path, options);
  if (!database) return database;
  if (auto made = database->execute(setup); !made) return fail(std::move(made.error()));
  return database;
}

// Rows 1..n are there without a gap, and the file is sound; how many.
std::int64_t sound_rows(Disk& disk) {
  auto database = open_with_table(disk, "/db/t.sqlite");
  if (!database) {
    ADD_FAILURE() << database.error().text;
    return -1;
  }
  auto check = database->prepare("PRAGMA integrity_check");
  EXPECT_TRUE(check && check->step());
  EXPECT_EQ(check->text(0), "ok");
  check->reset();
  const auto count = database->integer("SELECT count(*) FROM t");
  const auto last = database->integer("SELECT ifnull(max(a), 0) FROM t");
  EXPECT_EQ(count.value_or(-1), last.value_or(-2));
  return count.value_or(-1);
}

struct Crash {
  bool lost = false;     // an acknowledged row is missing somewhere
  int boundaries = 0;
};
Crash crash_everywhere(bool ignore_syncs) {
  Crash result;
  SimulatedDisk disk;
  EXPECT_TRUE(make_directories(disk, "/db"));
  if (ignore_syncs) disk.ignore_syncs();
  std::int64_t acknowledged = 0;
  const auto look = [&](std::uint64_t number) {
    ++result.boundaries;
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, number, number * 7919}) {
      const auto left = disk.survivor(seed);
      if (sound_rows(*left) < acknowledged) result.lost = true;
    }
  };
  {
    auto database = open_with_table(disk, "/db/t.sqlite");
    EXPECT_TRUE(database);
    if (!ignore_syncs) disk.set_boundary_hook(look);
    const std::string blob(3000, 'x');
    auto insert = database->prepare("INSERT INTO t(b) VALUES(?)");
    for (int i = 0; i < 12; ++i) {
      EXPECT_TRUE(insert->run(Blob{blob}));
      ++acknowledged;
      if (i == 7) EXPECT_TRUE(database->checkpoint());
    }
    disk.set_boundary_hook(nullptr);
    // Power fails here, before anything is closed.
    const auto left = disk.survivor(0);
    auto after = Database::open(*left, "/db/t.sqlite");
    auto rows = after ? after->integer("SELECT count(*) FROM t") : Result<std::int64_t>(fail(after.error()));
    if (!rows || *rows < acknowledged) result.lost = true;
  }
  return result;
}

TEST(Vfs, KeepsCommittedRowsThroughACrashAtEveryWrite) {
  const Crash crash = crash_everywhere(false);
  EXPECT_FALSE(crash.lost);
  EXPECT_GT(crash.boundaries, 12);
}

TEST(Vfs, ACommitIsOneWriteOfTheDisk) {
  SimulatedDisk disk;
  ASSERT_TRUE(make_directories(disk, "/db"));
  auto database = open_with_table(disk, "/db/t.sqlite");
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->execute("INSERT INTO t(b) VALUES(zeroblob(3000))"));
  const auto before = disk.calls();
  ASSERT_TRUE(database->execute("INSERT INTO t(b) VALUES(zeroblob(30000))"));
  EXPECT_EQ(disk.calls().at("write") - before.at("write"), 1u);
  EXPECT_EQ(disk.calls().at("sync") - before.at("sync"), 1u);
}

TEST(Vfs, TheCrashTestFailsWhenSyncDoesNothing) { EXPECT_TRUE(crash_everywhere(true).lost); }

TEST(Vfs, TellsAFullDiskAndRecovers) {
  SimulatedDisk disk;
  ASSERT_TRUE(make_directories(disk, "/db"));
  auto database = open_with_table(disk, "/db/t.sqlite");
  ASSERT_TRUE(database);
  auto insert = database->prepare("INSERT INTO t(b) VALUES(?)");
  const std::string blob(20'000, 'x');
  ASSERT_TRUE(insert->run(Blob{blob}));
  disk.set_capacity(disk.used_bytes() + 30'000);
  Result<void> done;
  int fit = 0;
  while ((done = insert->run(Blob{blob}))) ++fit;
  EXPECT_EQ(done.error().fault, Fault::Full);
  EXPECT_LT(fit, 3);
  disk.set_capacity(1 << 30);
  EXPECT_TRUE(insert->run(Blob{blob}));
  EXPECT_EQ(database->integer("SELECT count(*) FROM t").value(), fit + 2);
}

TEST(Vfs, AFailedSyncFailsTheTransactionOnly) {
  SimulatedDisk disk;
  ASSERT_TRUE(make_directories(disk, "/db"));
  auto database = open_with_table(disk, "/db/t.sqlite");
  auto insert = database->prepare("INSERT INTO t(b) VALUES(?)");
  const std::string blob(20'000, 'x');
  ASSERT_TRUE(insert->run(Blob{blob}));
  disk.fail_next_sync("-wal");
  const auto failed = insert->run(Blob{blob});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().fault, Fault::Io);
  ASSERT_TRUE(insert->run(Blob{blob}));
  ASSERT_TRUE(insert->run(Blob{blob}));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto left = disk.survivor(seed);
    EXPECT_EQ(sound_rows(*left), 3);
  }
}

// The process is gone, the machine goes on: what was written but not synced reads as before.
void die(SimulatedDisk& disk, std::optional<Database>& database) {
  disk.crash_at(disk.boundaries() + 1);
  database.reset();
  disk.crash_at(std::numeric_limits<std::uint64_t>::max());
}

// A database in which a transaction failed to be synced: an update of both rows of `pair`, which lie on two pages. Then its process died.
void leave_ghosts(SimulatedDisk& disk) {
  ASSERT_TRUE(make_directories(disk, "/db"));
  std::optional<Database> database = std::move(open_with_table(disk, "/db/t.sqlite")).value();
  ASSERT_TRUE(database->execute("CREATE TABLE pair(n, b); INSERT INTO pair VALUES(1, zeroblob(3000)), (1, zeroblob(3000))"));
  ASSERT_TRUE(database->checkpoint());
  ASSERT_TRUE(database->execute("INSERT INTO t(b) VALUES(zeroblob(3000))"));
  disk.fail_next_sync("-wal");
  ASSERT_FALSE(database->execute("UPDATE pair SET n = 2"));
  die(disk, database);
}

TEST(Vfs, WhatAFailedSyncLeftIsNotBuiltOn) {
  SimulatedDisk disk;
  leave_ghosts(disk);
  auto database = open_with_table(disk, "/db/t.sqlite");
  ASSERT_TRUE(database);
  EXPECT_EQ(database->integer("SELECT max(n) FROM pair").value(), 2) << "it was written after all, and nothing is shown here";
  ASSERT_TRUE(database->execute("INSERT INTO t(b) VALUES(zeroblob(3000))"));
  for (std::uint64_t seed = 0; seed < 20; ++seed) EXPECT_EQ(sound_rows(*disk.survivor(seed)), 2);
}

TEST(Vfs, ThePowerMayFailWhileThatIsPutRight) {
  SimulatedDisk disk;
  leave_ghosts(disk);
  const std::uint64_t before = disk.boundaries();
  disk.set_boundary_hook([&](std::uint64_t number) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const auto left = disk.survivor(seed < 2 ? seed : number * 11 + seed);
      EXPECT_EQ(sound_rows(*left), 1);
      auto after = Database::open(*left, "/db/t.sqlite");
      ASSERT_TRUE(after);
      EXPECT_EQ(after->integer("SELECT min(n) = max(n) FROM pair").value(), 1) << "half of a transaction";
    }
  });
  auto database = open_with_table(disk, "/db/t.sqlite");
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->checkpoint());
  EXPECT_GT(disk.boundaries(), before);
  disk.set_boundary_hook(nullptr);
}

TEST(Vfs, AFullDiskDoesNotKeepADatabaseFromOpening) {
  SimulatedDisk disk;
  ASSERT_TRUE(make_directories(disk, "/db"));
  std::optional<Database> database = std::move(open_with_table(disk, "/db/t.sqlite")).value();
  ASSERT_TRUE(database->execute("INSERT INTO t(b) VALUES(zeroblob(30000))"));
  die(disk, database);
  disk.set_capacity(disk.used_bytes());
  database = std::move(Database::open(disk, "/db/t.sqlite")).value();
  EXPECT_EQ(database->integer("SELECT count(*) FROM t").value(), 1);
}

// Its next try would succeed, without the pages of the first.
TEST(Vfs, ACommitWhoseCheckpointFailsIsToldWhereOnlyCheckpointsAreSynced) {
  SimulatedDisk disk;
  ASSERT_TRUE(make_directories(disk, "/db"));
  auto database = open_with_table(disk, "/db/t.sqlite", {.safe = Safe::Checkpoints, .checkpoint_pages = 8});
  ASSERT_TRUE(database);
  disk.fail_next_sync("-wal");
  int done = 0;
  while (done < 20 && database->execute("INSERT INTO t(b) VALUES(zeroblob(3000))")) ++done;
  EXPECT_GT(done, 1) << "no commit before waits for the disk";
  EXPECT_LT(done, 8);
}

// On the machine's own disk, where locks are real.
TEST(Vfs, OneConnectionAtATime) {
  const std::string folder = testing::TempDir() + "courier_vfs_test_" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  {
    auto first = open_with_table(real_disk(), folder + "/t.sqlite");
    ASSERT_TRUE(first) << first.error().text;
    const auto refused = Database::open(real_disk(), folder + "/t.sqlite");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::Busy);
  }
  auto third = open_with_table(real_disk(), folder + "/t.sqlite");
  EXPECT_TRUE(third) << third.error().text;
  EXPECT_EQ(Database::open(real_disk(), folder + "/none", {.create = false}).error().fault, Fault::CannotOpen);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace courier::sqlite
