// Submit and delivery through crashes: at every write boundary of a run the machine stops; the spool that survives, in whatever
// subset, still has every acknowledged message that no mailbox has, and a queue started on it delivers them.
// Ten messages, in the full form (test crash/daemon_queue) a hundred: runtime/testing/crash_looks.h.
#include <gtest/gtest.h>

#include <set>

#include "daemons/queue/testing/rig.h"
#include "runtime/testing/crash_looks.h"

namespace courier::queue::testing {
namespace {

class CrashRun {
 public:
  explicit CrashRun(bool ignore_syncs)
      : crash(ignore_syncs, [this](SimulatedDisk& left, std::uint64_t number) { check(left, number % 16 == 0); }) {}

  // Ten senders at a time; some recipients are deferred, some fail and lead to reports.
  void run() {
    Rig rig(crash.disk);
    rig_ = &rig;
    EXPECT_EQ(rig.serve(), "");
    rig.mailbox.answer = [](const delivery::Deliver& request, const delivery::Recipient&) {
      const int n = std::stoi(request.id.substr(1));
      return n % 7 == 0 && request.attempt == 0 ? FakeTransport::deferred() : FakeTransport::delivered();
    };
    rig.esmtp.answer = [](const delivery::Deliver& request, const delivery::Recipient&) {
      return request.sender.empty() ? FakeTransport::delivered() : FakeTransport::failed();
    };
    const int rounds = crash.rounds();
    for (int round = 0; round < rounds && !crash.done(); ++round) {
      TaskGroup senders(rig.loop, no_exceptions());
      for (int i = 0; i < 10; ++i) senders.spawn(send(rig, round * 10 + i));
      rig.loop.run_ready();
      if (round == rounds / 2) rig.loop.advance(minutes(6));
    }
    rig.loop.advance(minutes(6));
    crash.end();
    rig_ = nullptr;
    EXPECT_TRUE(crash.ignores_syncs() || rig.mailbox.copies.size() >= static_cast<std::size_t>(rounds) * 8);
    rig.queue.reset();
  }

  CrashLooks crash;
  int restarts = 0;

 private:
  static std::string body_of(const std::string& id) { return "Subject: " + id + "\n\n" + std::string(500, 'x') + "\n"; }

  Task<> send(Rig& rig, int n) {
    const std::string id = "M" + std::to_string(n);
    const std::string to = n % 10 == 9 ? "gone@far.test" : "user" + std::to_string(n % 5) + "@our.test";
    auto reply = co_await rig.mx->call(Rig::message(id, {to}, body_of(id)), Deadline::never());
    if (reply && reply->outcome == submit::Outcome::Accepted) acknowledged_.insert(id);
  }

  // Delivered to someone, or failed with its bounce delivered or in the spool.
  [[nodiscard]] std::set<std::string> settled() const {
    std::set<std::string> ids;
    for (const auto* transport : {&rig_->mailbox, &rig_->esmtp}) {
      for (const auto& [name, count] : transport->copies) ids.insert(name.substr(0, name.find('/')));
      // A bounce names its subject.
      for (const auto& request : transport->requests) {
        if (!request.sender.empty()) continue;
        const std::string_view text = request.body.bytes.view();
        const auto at = text.find("Subject: M");
        if (at != std::string_view::npos) ids.emplace(text.substr(at + 9, text.find('\n', at) - at - 9));
      }
    }
    return ids;
  }

  void check(SimulatedDisk& left, bool restart) {
    std::set<std::string> there;
    {
      spool::OpenReport report;
      auto opened = spool::Spool::open(left, {.folder = "/spool", .reserve_bytes = 0}, rig_->loop.wall_now().microseconds, report);
      if (!opened || !report.damage.empty()) {
        crash.faults.insert("the spool does not open: " + (opened ? report.damage : opened.error()));
        return;
      }
      for (const spool::Stored& one : (*opened)->list(0, 1000).value()) {
        const MessagePtr message = read_message(one);
        const auto body = (*opened)->body(one.number);
        if (!message || !body) {
          crash.faults.insert("a message cannot be read");
          continue;
        }
        std::string name = message->id();
        if (message->record.source == submit::Source::Dsn) {
          const auto at = body->bytes.find("Subject: M");
          name = at == std::string::npos ? "?" : body->bytes.substr(at + 9, body->bytes.find('\n', at) - at - 9);
        } else if (body->bytes != body_of(name)) {
          crash.faults.insert(name + " is torn");
        }
        if (!there.insert(name).second) crash.faults.insert(name + " is there twice");
      }
    }
    const std::set<std::string> settled_now = settled();
    for (const std::string& id : acknowledged_) {
      if (!there.contains(id) && !settled_now.contains(id)) crash.faults.insert(id + " is lost");
    }
    if (restart) deliver_the_rest(left, there);
  }

  // A queue on what is left delivers all of it, each once.
  void deliver_the_rest(SimulatedDisk& left, const std::set<std::string>& there) {
    ++restarts;
    Rig second(left);
    if (const std::string error = second.serve(); !error.empty()) {
      crash.faults.insert("no second start: " + error);
      return;
    }
    second.loop.advance(minutes(30));
    for (const auto& [name, count] : second.mailbox.copies) {
      if (count != 1) crash.faults.insert(name + " delivered twice");
    }
    if (second.mailbox.copies.size() + second.esmtp.copies.size() < there.size())
      crash.faults.insert("not all was delivered after the restart");
    second.queue.reset();
  }

  Rig* rig_ = nullptr;
  std::set<std::string> acknowledged_;
};

TEST(QueueCrash, AtEveryBoundaryEveryAcknowledgedMessageIsThereOrDelivered) {
  CrashRun run(false);
  run.run();
  EXPECT_EQ(run.crash.faults, std::set<std::string>{});
  EXPECT_GT(run.crash.looks, 50);
  EXPECT_GT(run.restarts, 1);
}

TEST(QueueCrash, TheSameFailsWhenSyncDoesNothing) {
  CrashRun run(true);
  run.run();
  EXPECT_FALSE(run.crash.faults.empty());
}

}  // namespace
}  // namespace courier::queue::testing
