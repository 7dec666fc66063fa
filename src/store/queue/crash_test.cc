// The spool through crashes: at every write boundary of a run with small and large messages the machine stops, and whatever
// subset of unsynced data survives, every acknowledged message is there, whole, once.
// Ten messages, in the full form (test crash/store_queue) a hundred: runtime/testing/crash_looks.h.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "runtime/testing/crash_looks.h"
#include "store/queue/spool.h"

namespace courier::spool {
namespace {

constexpr std::int64_t now = 1'767'607'200'000'000;

class CrashRun {
 public:
  explicit CrashRun(bool ignore_syncs) : crash(ignore_syncs, [this](SimulatedDisk& left, std::uint64_t) { check(left); }) {}

  void run() {
    auto spool = open(crash.disk);
    for (int round = 0; round < crash.rounds() && spool && !crash.done(); ++round) {
      submit(*spool, round);
      remove(*spool, round);
    }
    spool.reset();
    crash.end();
  }

  CrashLooks crash;

 private:
  static std::string body_of(const std::string& id, bool large) {
    std::string body = "Subject: " + id + "\n\n";
    while (body.size() < (large ? 70'000u : 700u)) body += id + " line\n";
    return body;
  }
  static bool is_large(int n) { return n % 10 == 3; }

  static std::unique_ptr<Spool> open(Disk& disk) {
    OpenReport report;
    auto spool = Spool::open(disk, {.folder = "/spool", .reserve_bytes = 0}, now, report);
    EXPECT_TRUE(spool) << spool.error();
    EXPECT_EQ(report.damage, "");
    return spool ? std::move(*spool) : nullptr;
  }

  // Ten messages in one transaction; every tenth has its body in a file.
  void submit(Spool& spool, int round) {
    std::vector<Change> changes(10);
    for (int i = 0; i < 10; ++i) {
      const int n = round * 10 + i;
      Addition addition;
      addition.id = "M" + std::to_string(n);
      addition.record = addition.id;
      const std::string body = body_of(addition.id, is_large(n));
      addition.body_size = body.size();
      if (is_large(n)) {
        auto file = spool.bodies().open_unnamed();
        EXPECT_TRUE(file && (*file)->write_at(0, body));
        addition.body_file = spool.bodies().keep(**file, addition.id, body.size()).value();
      } else {
        addition.body = std::make_shared<const SharedBytes>(body);
      }
      changes[static_cast<std::size_t>(i)].additions.push_back(std::move(addition));
    }
    const auto receipts = apply(spool, changes);
    for (std::size_t i = 0; i < receipts.size(); ++i) {
      if (receipts[i].verdict == Verdict::Done) acknowledged_[changes[i].additions[0].id] = receipts[i].first;
    }
  }
  // Half of them leave, the others are deferred.
  void remove(Spool& spool, int round) {
    std::vector<Change> changes;
    std::vector<std::string> leaving;
    for (int i = 0; i < 10; ++i) {
      const std::string id = "M" + std::to_string(round * 10 + i);
      const Number number = acknowledged_[id];
      Change& change = changes.emplace_back();
      if (i % 2 == 1) {
        change.removals.push_back({.number = number, .id = id, .unique_key = {}, .ended_us = now, .history = "gone"});
        leaving.push_back(id);
        leaving_.insert(id);
      } else {
        change.updates.push_back({.number = number, .record = {}, .due_us = now + 1, .state = "deferred"});
      }
    }
    apply(spool, changes);
    for (const std::string& id : leaving) acknowledged_.erase(id);
  }
  static std::vector<Receipt> apply(Spool& spool, const std::vector<Change>& changes) {
    std::vector<const Change*> pointers;
    for (const Change& change : changes) pointers.push_back(&change);
    return spool.apply(pointers, now);
  }

  void check(SimulatedDisk& left) {
    OpenReport report;
    auto opened = Spool::open(left, {.folder = "/spool", .reserve_bytes = 0}, now, report);
    if (!opened || !report.damage.empty()) {
      crash.faults.insert("the spool does not open: " + (opened ? report.damage : opened.error()));
      return;
    }
    Spool& spool = **opened;
    std::set<std::string> there;
    for (const Stored& one : spool.list(0, 1000).value()) {
      if (!there.insert(one.record).second) crash.faults.insert(one.record + " is there twice");
      if (read(spool, one.number) != body_of(one.record, is_large(std::stoi(one.record.substr(1)))))
        crash.faults.insert(one.record + " is torn");
    }
    for (const auto& [id, number] : acknowledged_) {
      // One whose removal was under way may be gone already.
      if (!there.contains(id) && !leaving_.contains(id)) crash.faults.insert(id + " is lost");
    }
  }
  static std::string read(Spool& spool, Number number) {
    auto body = spool.body(number);
    if (!body) return body.error();
    if (!body->file) return body->bytes;
    std::string bytes(body->size, '\0');
    const auto got = body->file->read_at(0, bytes);
    return got && *got == bytes.size() ? bytes : "short read";
  }

  std::map<std::string, Number> acknowledged_;
  std::set<std::string> leaving_;
};

TEST(SpoolCrash, AtEveryBoundaryEveryAcknowledgedMessageIsThereOnce) {
  CrashRun run(false);
  run.run();
  EXPECT_EQ(run.crash.faults, std::set<std::string>{});
  EXPECT_GT(run.crash.looks, 40);
}

TEST(SpoolCrash, TheSameFailsWhenSyncDoesNothing) {
  CrashRun run(true);
  run.run();
  EXPECT_FALSE(run.crash.faults.empty());
}

}  // namespace
}  // namespace courier::spool
