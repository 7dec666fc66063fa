#include "store/queue/spool.h"

#include <gtest/gtest.h>

#include <map>

#include "runtime/testing/simulated_disk.h"
#include "store/queue/schema.h"

namespace courier::spool {
namespace {

constexpr std::int64_t now = 1'767'607'200'000'000;
constexpr std::int64_t hour = 3'600'000'000;

std::unique_ptr<Spool> open_spool(Disk& disk, OpenReport* report = nullptr, SpoolOptions options = {}) {
  options.folder = "/spool";
  OpenReport ignored;
  auto spool = Spool::open(disk, options, now, report != nullptr ? *report : ignored);
  EXPECT_TRUE(spool) << spool.error();
  return spool ? std::move(*spool) : nullptr;
}

Addition message(const std::string& id, const std::string& body = "Subject: x\n\nbody\n") {
  Addition addition;
  addition.id = id;
  addition.record = "record of " + id;
  addition.body = std::make_shared<const SharedBytes>(body);
  addition.body_size = body.size();
  return addition;
}
Change adding(Addition addition) {
  Change change;
  change.additions.push_back(std::move(addition));
  return change;
}
Change removing(Number number, const std::string& id, const std::string& key = {}) {
  Change change;
  change.removals.push_back({.number = number, .id = id, .unique_key = key, .ended_us = now, .history = "events of " + id});
  return change;
}
Receipt apply(Spool& spool, const Change& change, std::int64_t at_us = now) {
  const Change* const one[] = {&change};
  return spool.apply(one, at_us).front();
}
Number added(Spool& spool, Addition addition) {
  const Receipt receipt = apply(spool, adding(std::move(addition)));
  EXPECT_EQ(receipt.verdict, Verdict::Done) << receipt.text;
  return receipt.verdict == Verdict::Done ? receipt.first : 0;
}

// What is left in the tables when a spool was closed, by table.
std::map<std::string, std::int64_t> rows(Disk& disk) {
  auto database = sqlite::Database::open(disk, "/spool/queue.db", {.create = false});
  std::map<std::string, std::int64_t> found;
  for (const char* const table : {"message", "body", "schedule", "claim", "history", "name", "unique_key"}) {
    const auto count = database->integer("SELECT count(*) FROM " + std::string(table));
    EXPECT_TRUE(count) << count.error().text;
    if (count && *count != 0) found[table] = *count;
  }
  return found;
}
using Rows = std::map<std::string, std::int64_t>;

TEST(Spool, AMessageComesWaitsAndLeaves) {
  SimulatedDisk disk;
  auto spool = open_spool(disk);
  const Number number = added(*spool, message("A1"));
  EXPECT_EQ(spool->body(number)->bytes, "Subject: x\n\nbody\n");
  EXPECT_TRUE(spool->due(now + hour, 10, {})->messages.empty()) << "in the caller's hands";
  Change deferred;
  deferred.updates.push_back({.number = number, .record = {}, .due_us = now + hour, .state = "state"});
  EXPECT_EQ(apply(*spool, deferred).verdict, Verdict::Done);
  EXPECT_EQ(spool->due(now, 10, {})->next_due_us, now + hour);
  const auto due = spool->due(now + hour, 10, {});
  ASSERT_EQ(due->messages.size(), 1u);
  EXPECT_EQ(due->messages[0].record, "record of A1");
  EXPECT_EQ(due->messages[0].state, "state");
  EXPECT_TRUE(spool->due(now + hour, 10, {number})->messages.empty());
  EXPECT_EQ((*spool->find("A1"))->number, number);
  EXPECT_EQ(apply(*spool, removing(number, "A1")).verdict, Verdict::Done);
  EXPECT_EQ(spool->count().value(), 0);
  EXPECT_FALSE(spool->find("A1")->has_value());
  EXPECT_EQ((*spool->history("A1"))->events, "events of A1");
  EXPECT_FALSE(spool->body(number)) << "its body went with it";
}

TEST(Spool, RefusesRepeatsAlsoOfWhatHasLeft) {
  SimulatedDisk disk;
  auto spool = open_spool(disk);
  Addition first = message("A1");
  first.unique_key = "key";
  const Number number = added(*spool, first);
  EXPECT_EQ(apply(*spool, adding(message("A1"))).verdict, Verdict::RepeatedId);
  Addition second = message("A2");
  second.unique_key = "key";
  EXPECT_EQ(apply(*spool, adding(second)).verdict, Verdict::RepeatedKey);
  EXPECT_EQ(spool->count().value(), 1) << "a refused change leaves nothing";
  EXPECT_EQ(apply(*spool, removing(number, "A1", "key")).verdict, Verdict::Done);
  EXPECT_EQ(apply(*spool, adding(message("A1"))).verdict, Verdict::RepeatedId);
  EXPECT_EQ(apply(*spool, adding(second)).verdict, Verdict::RepeatedKey);
}

TEST(Spool, ARefusedChangeIsUndoneWhole) {
  SimulatedDisk disk;
  auto spool = open_spool(disk);
  const Number number = added(*spool, message("A1"));
  added(*spool, message("A2"));
  Change change = removing(number, "A1");
  change.additions.push_back(message("A2"));
  const Change other = adding(message("A3"));
  const Change* const both[] = {&other, &change};
  const auto receipts = spool->apply(both, now);
  EXPECT_EQ(receipts[0].verdict, Verdict::Done) << "its neighbour in the transaction is not touched";
  EXPECT_EQ(receipts[1].verdict, Verdict::RepeatedId);
  EXPECT_TRUE(spool->find("A1")->has_value());
  EXPECT_FALSE(spool->history("A1")->has_value());
}

TEST(Spool, AtRestTheLogIsWrittenBack) {
  SimulatedDisk disk;
  auto spool = open_spool(disk);
  EXPECT_FALSE(spool->tidy()) << "nothing to write back";
  for (int i = 0; i < 100; ++i) added(*spool, message("A" + std::to_string(i), std::string(5000, 'x')));
  const auto before = disk.facts("/spool/queue.db")->size;
  EXPECT_TRUE(spool->tidy());
  EXPECT_GT(disk.facts("/spool/queue.db")->size, before);
  EXPECT_FALSE(spool->tidy()) << "once";
  for (int i = 100; i < 200; ++i) added(*spool, message("A" + std::to_string(i), std::string(5000, 'x')));
  disk.fail_next_sync("/spool/queue.db");
  EXPECT_FALSE(spool->tidy()) << "it failed: not again and again";
  EXPECT_EQ(spool->count().value(), 200);
}

TEST(Spool, AgesItsHistory) {
  SimulatedDisk disk;
  auto spool = open_spool(disk, nullptr, {.history_messages = 3});
  for (int i = 0; i < 8; ++i) {
    const std::string id = "A" + std::to_string(i);
    EXPECT_EQ(apply(*spool, removing(added(*spool, message(id)), id)).verdict, Verdict::Done);
  }
  EXPECT_FALSE(spool->history("A4")->has_value());
  EXPECT_TRUE(spool->history("A5")->has_value());
  const Change change = adding(message("A4"));
  const Change* const one[] = {&change};
  EXPECT_EQ(spool->apply(one, now + 8 * 24 * hour).front().verdict, Verdict::Done);
  EXPECT_FALSE(spool->history("A7")->has_value()) << "older than a week";
}

TEST(Spool, SharedBodiesGoWithTheLastMessage) {
  SimulatedDisk disk;
  auto spool = open_spool(disk);
  const Number parent = added(*spool, message("P", "shared"));
  Addition child = message("P-1");
  child.body = nullptr;
  child.shares_body_of = parent;
  const Number one = added(*spool, child);
  EXPECT_EQ(apply(*spool, removing(parent, "P")).verdict, Verdict::Done);
  EXPECT_EQ(spool->body(one)->bytes, "shared");
  spool.reset();
  spool = open_spool(disk);
  EXPECT_EQ(spool->body(one)->bytes, "shared");
  EXPECT_EQ(apply(*spool, removing(one, "P-1")).verdict, Verdict::Done);
  EXPECT_FALSE(spool->body(one));
}

TEST(Spool, ABodyMayBeSharedAgainByWhoSharesIt) {
  SimulatedDisk disk;
  auto spool = open_spool(disk);
  const Number parent = added(*spool, message("P", "shared"));
  Addition child = message("P-1", "shared");
  child.body = nullptr;
  child.shares_body_of = parent;
  const Number first = added(*spool, child);
  child.id = "P-1-1";
  child.shares_body_of = first;
  const Number second = added(*spool, child);
  EXPECT_EQ(apply(*spool, removing(first, "P-1")).verdict, Verdict::Done);
  EXPECT_EQ(apply(*spool, removing(parent, "P")).verdict, Verdict::Done);
  EXPECT_EQ(spool->body(second)->bytes, "shared");
  child.id = "P-2";
  child.shares_body_of = parent;
  EXPECT_EQ(apply(*spool, adding(child)).verdict, Verdict::Damaged) << "what has left has no body to share";
  EXPECT_EQ(apply(*spool, removing(second, "P-1-1")).verdict, Verdict::Done);
  spool.reset();
  EXPECT_EQ(rows(disk), (Rows{{"history", 3}, {"name", 3}}));
}

// Each is removed in the life it came in, and after a restart: with it goes all that belongs to it, and nothing else.
TEST(Spool, NothingOfAMessageStaysBehind) {
  for (const bool restarted : {false, true}) {
    SimulatedDisk disk;
    auto spool = open_spool(disk);
    std::map<std::string, Number> numbers;
    for (const char* const id : {"plain", "deferred", "claims", "shared", "refused", "updated", "stays"}) {
      numbers[id] = added(*spool, message(id, id));
    }
    Addition waiting = message("waiting");
    waiting.due_us = now + hour;
    numbers["waiting"] = added(*spool, waiting);
    Addition child = message("child", "shared");
    child.body = nullptr;
    child.shares_body_of = numbers["shared"];
    numbers["child"] = added(*spool, child);
    Change change;
    change.updates.push_back({.number = numbers["deferred"], .record = {}, .due_us = now, .state = "state"});
    change.updates.push_back({.number = numbers["updated"], .record = "other", .due_us = {}, .state = {}});
    change.claims_of = numbers["claims"];
    change.claims = {"a@x", "b@x"};
    EXPECT_EQ(apply(*spool, change).verdict, Verdict::Done);
    Change refused = removing(numbers["refused"], "refused");
    refused.additions.push_back(message("plain"));
    EXPECT_EQ(apply(*spool, refused).verdict, Verdict::RepeatedId);
    if (restarted) {
      spool.reset();
      spool = open_spool(disk);
    }
    for (const auto& [id, number] : numbers) {
      if (id == "stays" || id == "child") continue;
      EXPECT_EQ(apply(*spool, removing(number, id)).verdict, Verdict::Done);
      EXPECT_EQ(apply(*spool, removing(number, id)).verdict, Verdict::Done) << "gone already";
    }
    EXPECT_EQ(spool->body(numbers["stays"])->bytes, "stays");
    EXPECT_EQ(spool->body(numbers["child"])->bytes, "shared");
    spool.reset();
    // After the restart both that stay are due.
    Rows left = {{"message", 2}, {"body", 1}, {"history", 7}, {"name", 9}};
    if (restarted) left["schedule"] = 2;
    EXPECT_EQ(rows(disk), left) << restarted;
  }
}

TEST(Spool, ASpoolOfAnotherVersionIsRefusedAndKept) {
  for (const int version : {schema_version - 1, schema_version + 1}) {
    SimulatedDisk disk;
    auto spool = open_spool(disk);
    added(*spool, message("A1"));
    spool.reset();
    {
      auto database = sqlite::Database::open(disk, "/spool/queue.db");
      ASSERT_TRUE(database && database->execute("PRAGMA user_version=" + std::to_string(version)));
    }
    OpenReport report;
    const auto refused = Spool::open(disk, {.folder = "/spool"}, now, report);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().find("the spool has version " + std::to_string(version)), std::string::npos) << refused.error();
    EXPECT_EQ(rows(disk), (Rows{{"message", 1}, {"name", 1}}));
  }
}

TEST(Spool, LargeBodiesAreFilesAndOrphansAreSwept) {
  SimulatedDisk disk;
  auto spool = open_spool(disk);
  const std::string bytes(200'000, 'b');
  auto kept = spool->bodies().open_unnamed();
  ASSERT_TRUE(kept && (*kept)->write_at(0, bytes));
  Addition large = message("L1");
  large.body = nullptr;
  large.body_size = bytes.size();
  large.body_file = spool->bodies().keep(**kept, "L1", bytes.size()).value();
  const Number number = added(*spool, large);
  auto orphan = spool->bodies().open_unnamed();
  ASSERT_TRUE(orphan && (*orphan)->write_at(0, bytes));
  ASSERT_TRUE(spool->bodies().keep(**orphan, "L2", bytes.size()));
  EXPECT_EQ(spool->bodies().keep(**orphan, "L3", bytes.size() + 1).error().os_error, EFBIG);
  spool.reset();
  const auto left = disk.survivor(0);
  OpenReport report;
  spool = open_spool(*left, &report);
  EXPECT_EQ(report.orphans, 1u);
  EXPECT_EQ(report.messages, 1);
  auto body = spool->body(number);
  ASSERT_TRUE(body && body->file) << body.error();
  std::string read(bytes.size(), '\0');
  EXPECT_EQ(body->file->read_at(0, read).value(), bytes.size());
  EXPECT_EQ(read, bytes);
  EXPECT_EQ(apply(*spool, removing(number, "L1")).verdict, Verdict::Done);
  EXPECT_FALSE(spool->bodies().open(large.body_file)) << "unlinked after its row";
  spool.reset();  // before its disk
  EXPECT_EQ(rows(*left), (Rows{{"history", 1}, {"name", 1}}));
}

TEST(Spool, BelowTheReserveOutcomesGoOnAndNewMailIsRefused) {
  SimulatedDisk disk;
  auto spool = open_spool(disk, nullptr, {.reserve_bytes = 1 << 20});
  const Number number = added(*spool, message("A1"));
  disk.set_capacity(disk.used_bytes() + (1 << 19));
  EXPECT_EQ(apply(*spool, adding(message("A2")), now + hour).verdict, Verdict::Full);
  EXPECT_EQ(apply(*spool, removing(number, "A1"), now + hour).verdict, Verdict::Done);
  disk.set_capacity(std::uint64_t{1} << 40);
  EXPECT_EQ(apply(*spool, adding(message("A2")), now + hour).verdict, Verdict::Done) << "near the reserve the disk is asked each time";
}

TEST(Spool, TheFreeSpaceIsAskedForSeldomButInTime) {
  SimulatedDisk disk;
  disk.set_capacity(8 << 20);
  auto spool = open_spool(disk, nullptr, {.reserve_bytes = 1 << 20});
  added(*spool, message("A0"));
  // Somebody else fills the disk. That is found out a little later, or when we may have used up the rest by ourselves.
  disk.set_capacity(disk.used_bytes() + (1 << 20) - 1);
  int more = 1;
  while (more < 100 && apply(*spool, adding(message("A" + std::to_string(more)))).verdict == Verdict::Done) ++more;
  EXPECT_GT(more, 10);
  EXPECT_LT(more, 60);
  disk.set_capacity(8 << 20);
  EXPECT_EQ(apply(*spool, adding(message("B1"))).verdict, Verdict::Done);
  disk.set_capacity(disk.used_bytes() + (1 << 20) - 1);
  EXPECT_EQ(apply(*spool, adding(message("B2"))).verdict, Verdict::Done);
  EXPECT_EQ(apply(*spool, adding(message("B3")), now + 5'000).verdict, Verdict::Full);
  disk.set_capacity(8 << 20);
  EXPECT_EQ(apply(*spool, adding(message("B3")), now + 5'000).verdict, Verdict::Done);
  disk.set_capacity(disk.used_bytes() + (1 << 20) - 1);
  EXPECT_EQ(apply(*spool, adding(message("B4")), now - hour).verdict, Verdict::Full) << "the clock was set back";
}

TEST(Spool, WhenTheDiskIsFullOutcomesStillFitIntoTheWal) {
  SimulatedDisk disk;
  auto spool = open_spool(disk, nullptr, {.reserve_bytes = 0});
  std::vector<Number> numbers;
  for (int i = 0; i < 40; ++i) numbers.push_back(added(*spool, message("A" + std::to_string(i), std::string(8000, 'x'))));
  disk.set_capacity(disk.used_bytes());
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    const Receipt receipt = apply(*spool, adding(message("B" + std::to_string(i), std::string(60'000, 'x'))));
    if (receipt.verdict == Verdict::Full) ++refused;
  }
  EXPECT_GT(refused, 0);
  const std::int64_t before = spool->count().value();
  std::int64_t gone = 0;
  for (const Number number : numbers) {
    std::string id = "A" + std::to_string(gone);
    if (apply(*spool, removing(number, id)).verdict == Verdict::Done) ++gone;
  }
  EXPECT_EQ(spool->count().value(), before - gone);
  disk.set_capacity(std::uint64_t{1} << 40);
  const auto left = disk.survivor(0);
  spool.reset();
  spool = open_spool(*left);
  EXPECT_EQ(spool->count().value(), before - gone) << "nothing acknowledged is lost";
  spool.reset();  // before its disk
}

TEST(Spool, ADamagedSpoolIsSetAsideAndSaved) {
  SimulatedDisk disk;
  auto spool = open_spool(disk);
  for (int i = 0; i < 100; ++i) added(*spool, message("A" + std::to_string(i), std::string(9000, 'x')));
  spool.reset();  // checkpoints: everything lies in the database file
  auto file = disk.open("/spool/queue.db", OpenMode::ReadWrite);
  ASSERT_TRUE(file);
  const auto size = (*file)->size().value();
  ASSERT_TRUE((*file)->write_at(size / 2 / 16384 * 16384, std::string(16384, '\xff')));
  file->reset();
  OpenReport report;
  spool = open_spool(disk, &report);
  ASSERT_TRUE(spool);
  EXPECT_NE(report.damage, "");
  EXPECT_GT(report.salvaged, 60);
  EXPECT_EQ(spool->count().value(), report.salvaged);
  const auto all = spool->list(0, 1000);
  for (const Stored& one : *all) EXPECT_TRUE(spool->body(one.number)) << one.record;
  EXPECT_EQ(spool->due(now, 1000, {})->messages.size(), all->size()) << "all are due";
  added(*spool, message("new"));
  EXPECT_EQ(apply(*spool, adding(message("A0"))).verdict, Verdict::RepeatedId);
}

TEST(Spool, ClaimsAndFacts) {
  SimulatedDisk disk;
  auto spool = open_spool(disk);
  const Number number = added(*spool, message("P"));
  Change change;
  change.claims_of = number;
  change.claims = {"a@x", "b@x"};
  EXPECT_EQ(apply(*spool, change).verdict, Verdict::Done);
  EXPECT_EQ(spool->claimed(number, {"z@x", "b@x", "a@x"}).value(), (std::vector<std::size_t>{1, 2}));
  EXPECT_FALSE(spool->fact("clock")->has_value());
  EXPECT_TRUE(spool->set_fact("clock", 5));
  EXPECT_EQ(spool->fact("clock")->value(), 5);
}

}  // namespace
}  // namespace courier::spool
