#include "store/queue/writer.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "runtime/task_group.h"
#include "runtime/testing/held_pool.h"
#include "runtime/testing/manual_loop.h"
#include "runtime/testing/simulated_disk.h"

namespace courier::spool {
namespace {

std::unique_ptr<Spool> open_spool(Disk& disk) {
  OpenReport report;
  auto spool = Spool::open(disk, {.folder = "/spool"}, 0, report);
  CHECK(spool);
  return std::move(*spool);
}

Change new_message(std::string id) {
  Change change;
  change.additions.emplace_back();
  change.additions.back().id = std::move(id);
  change.additions.back().body = std::make_shared<const SharedBytes>();
  return change;
}

// What is handed over before run() waits together. `answers` tells the order: "3s 2o" are three submits and then two outcomes; a visit
// has its name and the number of messages it saw.
class Waves {
 public:
  Waves() {
    submit();
    run();
    answers.clear();
  }
  ~Waves() { disk_.set_boundary_hook(nullptr); }

  void submit() { tasks_.spawn(commit_submit("m" + std::to_string(++submits_))); }
  // Of the first message: its next attempt is due a microsecond later each time.
  void outcome() { tasks_.spawn(commit_outcome(++outcomes_)); }
  void visit(const std::string& name) { tasks_.spawn(look(name)); }
  void submits(int count) {
    while (count-- > 0) submit();
  }
  void outcomes(int count) {
    while (count-- > 0) outcome();
  }

  // Runs what waits, and `job` within each transaction, told its number from 1: what that hands over comes meanwhile, since the loop
  // has a turn there, as it would beside a thread.
  void run(const std::function<void(int)>& job = {}) {
    const std::uint64_t before = syncs();
    std::uint64_t seen = before;
    int told = 0;
    disk_.set_boundary_hook([&](std::uint64_t) {
      const bool is_sync = seen != syncs();  // itself: the end of a transaction
      seen = syncs();
      const int transaction = static_cast<int>(seen - before) + 1;
      if (is_sync || transaction == told) return;
      told = transaction;
      if (!job) return;
      job(transaction);
      loop_.run_ready();
    });
    loop_.run_ready();
    disk_.set_boundary_hook(nullptr);
    transactions = syncs() - before;
  }
  // What the spool has of the first message.
  std::optional<std::int64_t> due() {
    std::optional<std::int64_t> due;
    tasks_.spawn(read_due(due));
    loop_.run_ready();
    return due;
  }
  [[nodiscard]] std::string told() const {
    std::string text;
    for (const auto& [what, count] : answers) text += (text.empty() ? "" : " ") + std::to_string(count) + what;
    return text;
  }

  std::vector<std::pair<std::string, std::int64_t>> answers;
  std::uint64_t transactions = 0;

 private:
  void answered(const std::string& what) {
    if (answers.empty() || answers.back().first != what) answers.emplace_back(what, 0);
    ++answers.back().second;
  }
  [[nodiscard]] std::uint64_t syncs() const {
    const auto place = disk_.calls().find("sync");
    return place == disk_.calls().end() ? 0 : place->second;
  }
  Task<> commit_submit(std::string id) {
    const CommitRef commit = writer_.commit(new_message(std::move(id)));
    co_await commit;
    EXPECT_EQ(commit->receipt.verdict, Verdict::Done) << commit->receipt.text;
    answered("s");
  }
  Task<> commit_outcome(std::int64_t due_us) {
    Change change;
    change.updates.push_back({.number = 1, .record = {}, .due_us = due_us, .state = {}});
    const CommitRef commit = writer_.commit(std::move(change));
    co_await commit;
    EXPECT_EQ(commit->receipt.verdict, Verdict::Done) << commit->receipt.text;
    EXPECT_EQ(++outcomes_told_, due_us) << "in the order handed over";
    answered("o");
  }
  Task<> look(std::string name) {
    const auto count = co_await writer_.run([](Spool& spool) { return spool.count(); });
    answers.emplace_back(name, count.value_or(-1));
  }
  Task<> read_due(std::optional<std::int64_t>& due) {
    const auto found = co_await writer_.run([](Spool& spool) { return spool.due(1'000'000, 10, {}); });
    if (found && found->messages.size() == 1) due = found->messages.front().due_us;
  }

  SimulatedDisk disk_;
  ManualLoop loop_;
  std::unique_ptr<Pool> pool_ = make_inline_pool(loop_);
  Writer writer_{*pool_, open_spool(disk_)};
  int submits_ = 0;
  std::int64_t outcomes_ = 0, outcomes_told_ = 0;
  TaskGroup tasks_{loop_, no_exceptions()};  // last
};

TEST(Writer, ASubmitDoesNotWaitForAWaveOfOutcomes) {
  Waves waves;
  waves.outcomes(200);
  waves.run([&](int transaction) {
    if (transaction == 1) waves.submits(3);
    if (transaction == 3) waves.submits(20);
  });
  EXPECT_EQ(waves.told(), "64o 3s 80o 20s 56o") << "64, 3 and 16, 64, 20 and 40, 16";
  EXPECT_EQ(waves.transactions, 5u);
  EXPECT_EQ(waves.due(), 200);
}

TEST(Writer, SubmitsWithoutEndDoNotStarveOutcomesOrVisits) {
  Waves waves;
  waves.outcomes(40);
  waves.visit(" seen");
  waves.outcome();
  waves.submit();
  waves.run([&](int transaction) {
    if (transaction <= 10) waves.submit();
  });
  EXPECT_EQ(waves.told(), "1s 16o 1s 16o 1s 8o 4 seen 1s 1o 7s") << "the visit knows of the first message, too";
  EXPECT_EQ(waves.due(), 41);
}

TEST(Writer, AVisitSeesAllThatWasHandedOverBefore) {
  Waves waves;
  waves.visit(" first");
  waves.submit();
  waves.outcome();
  waves.visit(" second");
  waves.submit();
  waves.visit(" third");
  waves.visit(" fourth");
  waves.run();
  EXPECT_EQ(waves.told(), "1 first 2s 1o 3 second 3 third 3 fourth");
}

TEST(Writer, WhatWaitsTogetherIsOneTransaction) {
  Waves waves;
  waves.submits(100);
  waves.outcomes(150);
  waves.run();
  EXPECT_EQ(waves.told(), "100s 150o");
  EXPECT_EQ(waves.transactions, 1u);
}

TEST(Writer, OneTurnOfTheLoopWakesTheThreadOnceAndLeavesNothingBehind) {
  SimulatedDisk disk;
  ManualLoop loop;
  HeldPool pool(loop);
  for (const bool writer_goes_first : {false, true}) {
    {
      Writer writer(pool, open_spool(disk));
      for (const char* id : {"m1", "m2"}) static_cast<void>(writer.commit(new_message(id + std::to_string(writer_goes_first))));
      EXPECT_EQ(writer.waiting(), 2u);
      EXPECT_TRUE(pool.jobs.empty());
      if (!writer_goes_first) loop.run_ready();
    }
    ASSERT_EQ(pool.jobs.size(), 1u);
    pool.run_one();
    loop.run_ready();
    EXPECT_TRUE(pool.jobs.empty());
  }
  EXPECT_EQ(open_spool(disk)->count().value_or(0), 4);
}

}  // namespace
}  // namespace courier::spool
