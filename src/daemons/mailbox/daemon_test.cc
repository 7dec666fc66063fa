#include "daemons/mailbox/daemon.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include "runtime/testing/manual_loop.h"
#include "runtime/testing/simulated_disk.h"

namespace courier::mailbox {
namespace {

// A mailbox process with auth, queue and front played by the test.
class MailboxTest : public testing::Test {
 protected:
  // What the last session was started with; it runs until told to drain.
  struct Seen {
    std::string account, tag, buffered, service;
    bool drained = false;
    CellRef ended = make_cell();
  };
  class FakeSession final : public Session {
   public:
    FakeSession(Seen& seen, SessionStart start) : seen_(seen), start_(std::move(start)) {}
    Task<> run() override {
      co_await CellRef(seen_.ended);
      if (throws) throw std::runtime_error("broken session");
    }
    void drain() override {
      seen_.drained = true;
      seen_.ended->complete();
    }
    inline static bool throws = false;

   private:
    Seen& seen_;
    SessionStart start_;
  };

  MailboxTest() { begin({}); }

  void begin(const MailboxSlice& slice, bool is_root = false, std::uint32_t uid = 0) {
    mailbox.reset();
    context = std::make_unique<DaemonContext>(loop, no_log(), metrics, disk, control::Start{}, std::vector<Listening>{});
    context->start.host_name = "mx1";
    context->start.instance = "v0";
    context->start.uid = uid;
    context->start.settings = encode_settings(slice);
    mailbox = std::make_unique<Mailbox>(
        *context,
        [this, is_root](DaemonContext&, const MailboxSettings&) {
          return Machine{.cache = nullptr,
                         .work = make_inline_pool(loop),
                         .delivery = make_inline_pool(loop),
                         .watcher = nullptr,
                         .is_root = is_root,
                         .stream = [](Loop& l, const Descriptor&) { return std::move(make_memory_streams(l).first); }};
        },
        [this](DaemonContext&, const MailboxSlice&) {
          return Protocols{.imap = [this](SessionStart start) { return make("imap", std::move(start)); },
                           .pop3 = [this](SessionStart start) { return make("pop3", std::move(start)); }};
        });
    served = mailbox->serve();
    if (!served) return;
    for (const char* peer : {"auth", "queue", "front"}) connect(peer);
    auth().serve<directory::Account>([this](directory::Account request, Deadline) { return account(std::move(request)); });
    auth().on_notice<auth::Disconnected>(
        [this](auth::Disconnected notice, const std::vector<Descriptor>&) { ended.push_back(notice.connection); });
  }
  void connect(const std::string& peer) {
    auto pair = make_memory_channels(loop);
    ends[peer] = std::move(pair.first);
    context->attach(peer, std::move(pair.second));
    loop.run_ready();
  }
  Channel& auth() { return *ends["auth"]; }
  Task<directory::AccountReply> account(directory::Account request) {
    ++questions;
    directory::AccountReply reply;
    reply.available = auth_answers;
    reply.found = request.address == "ann@example.test";
    reply.address = request.address;
    reply.maildir = "/mail/ann";
    reply.quota_messages = quota;
    co_return reply;
  }
  std::unique_ptr<Session> make(const char* service, SessionStart start) {
    seen.account = start.account->spec().address;
    seen.tag = start.tag;
    seen.buffered = start.buffered;
    seen.service = service;
    return std::make_unique<FakeSession>(seen, std::move(start));
  }

  template <class Request>
  typename Request::Reply call(const std::string& peer, Request request, std::vector<Descriptor> descriptors = {}) {
    auto task = ends[peer]->call(request, Deadline::never(), std::move(descriptors));
    task.start();
    loop.run_ready();
    // A maildir that was just delivered to rests first.
    if (!task.done()) loop.advance(seconds(1));
    EXPECT_TRUE(task.done());
    auto reply = task.take();
    EXPECT_TRUE(reply);
    return reply ? *reply : typename Request::Reply{};
  }
  static Grant grant(std::uint64_t ticket) {
    Grant grant;
    grant.ticket = ticket;
    grant.peer = "192.0.2.1";
    grant.account = "ann@example.test";
    grant.maildir = "/mail/ann";
    return grant;
  }
  HandOverReply hand_over(std::uint64_t ticket, auth::Service service = auth::Service::Imap, const std::string& peer = "192.0.2.1") {
    HandOver request;
    request.ticket = ticket;
    request.service = service;
    request.peer = peer;
    request.tag = "a1";
    request.buffered = "a2 NOOP\r\n";
    request.connection = 77;
    SocketPair pair = make_socket_pair();
    std::vector<Descriptor> descriptors;
    descriptors.push_back(std::move(pair.first));
    client = std::move(pair.second);
    return call("front", std::move(request), std::move(descriptors));
  }
  static delivery::Deliver message(const std::string& id, std::vector<std::string> addresses = {"ann@example.test"}) {
    delivery::Deliver request;
    request.id = id;
    request.sender = "bob@example.org";
    request.arrived_us = 1'800'000'000'000'000;
    request.body.bytes = std::string("Subject: x\n\nbody\n");
    request.body.size = request.body.bytes.size();
    for (std::uint32_t i = 0; i < addresses.size(); ++i) {
      delivery::Recipient recipient;
      recipient.number = i + 5;
      recipient.address = addresses[i];
      recipient.delivered_to = "alias@example.test";
      request.recipients.push_back(recipient);
    }
    return request;
  }
  std::vector<DirectoryEntry> inbox() { return disk.list("/mail/ann/new").value_or(std::vector<DirectoryEntry>()); }

  ManualLoop loop;
  SimulatedDisk disk;
  Metrics metrics;
  std::map<std::string, ChannelPtr> ends;
  std::unique_ptr<DaemonContext> context;
  std::unique_ptr<Mailbox> mailbox;
  Result<void, std::string> served;
  Seen seen;
  Descriptor client;
  std::vector<std::uint64_t> ended;
  int questions = 0;
  bool auth_answers = true;
  std::uint64_t quota = 0;
};

TEST_F(MailboxTest, DeliversWithItsHeaderLines) {
  const auto reply = call("queue", message("q1"));
  ASSERT_EQ(reply.results.size(), 1u);
  EXPECT_EQ(reply.results[0].outcome, delivery::Outcome::Delivered);
  EXPECT_EQ(reply.results[0].number, 5u);
  ASSERT_EQ(inbox().size(), 1u);
  EXPECT_TRUE(inbox()[0].name.starts_with("1800000000.Qq1R5.mx1,S=")) << inbox()[0].name;
  EXPECT_EQ(read_file(disk, "/mail/ann/new/" + inbox()[0].name),
            "Return-Path: <bob@example.org>\nDelivered-To: alias@example.test\nSubject: x\n\nbody\n");
}

TEST_F(MailboxTest, ManyAtOnceSyncTheDiskAsAWholeUnlessTurnedOff) {
  const auto deliver_ten = [&](const std::string& round) {
    std::vector<Task<ChannelResult<delivery::DeliverReply>>> tasks;
    for (int i = 0; i < 10; ++i) tasks.push_back(ends["queue"]->call(message(round + std::to_string(i)), Deadline::never()));
    for (auto& task : tasks) task.start();
    loop.advance(seconds(1));
    for (auto& task : tasks) {
      ASSERT_TRUE(task.done());
      EXPECT_EQ(task.take()->results[0].outcome, delivery::Outcome::Delivered);
    }
  };
  deliver_ten("together");
  // On a busy machine the sync may take longer than a wave waits: then it was not whole.
  const std::uint64_t together = disk.calls().at("sync_volume");
  EXPECT_GE(together, 1u);
  const std::string counted = metrics.text();
  const auto one = [&](const char* result) {
    return counted.contains("courier_mailbox_waves_total{result=\"" + std::string(result) + "\"} 1\n");
  };
  EXPECT_TRUE(one("whole") || one("apart")) << counted;
  const std::uint64_t synced = disk.calls().contains("sync") ? disk.calls().at("sync") : 0;
  MailboxSlice apart;
  apart.mailbox.sync_together = false;
  begin(apart);
  deliver_ten("apart");
  EXPECT_EQ(disk.calls().at("sync_volume"), together);
  EXPECT_EQ(disk.calls().at("sync") - synced, 10u);
}

TEST_F(MailboxTest, ABodyInAFileIsRead) {
  char name[] = "/tmp/courier-body-XXXXXX";
  Descriptor file(::mkstemp(name));
  ::unlink(name);
  const std::string body(200'000, 'x');
  ASSERT_EQ(::write(file.get(), body.data(), body.size()), static_cast<ssize_t>(body.size()));
  auto request = message("q1");
  request.body = {.bytes = {}, .in_file = true, .size = body.size()};
  std::vector<Descriptor> descriptors;
  descriptors.push_back(std::move(file));
  EXPECT_EQ(call("queue", std::move(request), std::move(descriptors)).results[0].outcome, delivery::Outcome::Delivered);
  EXPECT_TRUE(read_file(disk, "/mail/ann/new/" + inbox()[0].name)->ends_with(body));
}

TEST_F(MailboxTest, EveryRecipientHasItsOutcome) {
  const auto reply = call("queue", message("q1", {"ann@example.test", "nobody@example.test"}));
  ASSERT_EQ(reply.results.size(), 2u);
  EXPECT_EQ(reply.results[0].outcome, delivery::Outcome::Delivered);
  EXPECT_EQ(reply.results[1].outcome, delivery::Outcome::Failed);
  EXPECT_EQ(reply.results[1].status, "5.1.1");
  EXPECT_EQ(reply.results[1].number, 6u);
  EXPECT_TRUE(call("queue", message("q2", {})).results.empty());
}

TEST_F(MailboxTest, ARepeatedAttemptIsRecognised) {
  ASSERT_EQ(call("queue", message("q1")).results[0].outcome, delivery::Outcome::Delivered);
  begin({});  // the process was restarted; the attempt's number is lost with the queue's memory
  auto again = message("q1");
  again.arrived_us = loop.wall_now().microseconds - 1'000'000;
  auto first = message("q1");
  first.attempt = 1;
  EXPECT_EQ(call("queue", first).results[0].reply, "250 2.0.0 Delivered before");
  EXPECT_EQ(inbox().size(), 1u);
}

TEST_F(MailboxTest, FullAccountsAreRefusedOrDeferred) {
  quota = 1;
  EXPECT_EQ(call("queue", message("q1")).results[0].outcome, delivery::Outcome::Delivered);
  auto reply = call("queue", message("q2"));
  EXPECT_EQ(reply.results[0].outcome, delivery::Outcome::Failed);
  EXPECT_EQ(reply.results[0].reply, "552 5.2.2 Mailbox full");
  MailboxSlice slice;
  slice.mailbox.over_quota = "defer";
  EXPECT_TRUE(mailbox->reload(encode_settings(slice)).error.empty());
  EXPECT_EQ(call("queue", message("q3")).results[0].outcome, delivery::Outcome::Deferred);
  EXPECT_FALSE(mailbox->reload("garbage").error.empty());
}

TEST_F(MailboxTest, AuthIsAskedOnceInAWhileAndItsSilenceDefers) {
  for (int i = 0; i < 3; ++i) call("queue", message("q" + std::to_string(i)));
  EXPECT_EQ(questions, 1);
  loop.advance(seconds(6));
  auth_answers = false;
  EXPECT_EQ(call("queue", message("q9")).results[0].outcome, delivery::Outcome::Deferred);
}

TEST_F(MailboxTest, ATicketIsForOneUseOneServiceOneClient) {
  EXPECT_FALSE(hand_over(1).accepted);
  EXPECT_TRUE(call("auth", grant(1)).accepted);
  EXPECT_FALSE(call("auth", grant(1)).accepted);
  EXPECT_TRUE(hand_over(1).accepted);
  EXPECT_EQ(seen.account, "ann@example.test");
  EXPECT_EQ(seen.tag, "a1");
  EXPECT_EQ(seen.buffered, "a2 NOOP\r\n");
  EXPECT_EQ(seen.service, "imap");
  EXPECT_FALSE(hand_over(1).accepted);
  call("auth", grant(2));
  EXPECT_FALSE(hand_over(2, auth::Service::Pop3).accepted);
  EXPECT_FALSE(hand_over(2).accepted);  // a wrong try uses it up
  call("auth", grant(3));
  EXPECT_FALSE(hand_over(3, auth::Service::Imap, "192.0.2.2").accepted);
  call("auth", grant(4));
  loop.advance(seconds(11));
  EXPECT_FALSE(hand_over(4).accepted);
  EXPECT_FALSE(call("auth", grant(0)).accepted);
}

TEST_F(MailboxTest, TheEndOfASessionIsTold) {
  call("auth", grant(1));
  ASSERT_TRUE(hand_over(1).accepted);
  seen.ended->complete();
  loop.run_ready();
  EXPECT_EQ(ended, std::vector<std::uint64_t>{77});
}

TEST_F(MailboxTest, AnExceptionEndsOneSessionOnly) {
  call("auth", grant(1));
  ASSERT_TRUE(hand_over(1).accepted);
  FakeSession::throws = true;
  seen.ended->complete();
  loop.run_ready();
  FakeSession::throws = false;
  EXPECT_EQ(ended, std::vector<std::uint64_t>{77});
  EXPECT_EQ(call("queue", message("q1")).results[0].outcome, delivery::Outcome::Delivered);
}

TEST_F(MailboxTest, DrainingSaysGoodbyeAndTakesNothingNew) {
  call("auth", grant(1));
  call("auth", grant(2));
  ASSERT_TRUE(hand_over(1).accepted);
  auto draining = mailbox->drain(loop.in(seconds(10)));
  draining.start();
  loop.run_ready();
  EXPECT_TRUE(seen.drained);
  EXPECT_TRUE(draining.done());
  EXPECT_TRUE(draining.take());
  EXPECT_FALSE(hand_over(2).accepted);
  EXPECT_FALSE(call("auth", grant(3)).accepted);
  EXPECT_EQ(call("queue", message("q1")).results[0].outcome, delivery::Outcome::Deferred);
}

TEST_F(MailboxTest, SaysWhetherItIsIdle) {
  const auto idle = [this] { return run_until_done(loop, mailbox->ask({.verb = "idle", .arguments = {}})).json == "true"; };
  const Duration enough = MailboxSettings().idle_time;
  EXPECT_FALSE(idle()) << "it was just started";
  loop.advance(enough);
  EXPECT_TRUE(idle());
  EXPECT_TRUE(call("auth", grant(1)).accepted);
  EXPECT_FALSE(idle());
  EXPECT_TRUE(hand_over(1).accepted);
  loop.advance(enough);
  EXPECT_FALSE(idle()) << "somebody is signed in";
  seen.ended->complete();
  loop.run_ready();
  EXPECT_FALSE(idle()) << "who left may come again";
  loop.advance(enough);
  EXPECT_TRUE(idle());
}

TEST_F(MailboxTest, IsNeverRoot) {
  begin({}, true, 1000);
  EXPECT_FALSE(served);
  begin({}, true, 0);  // where all processes have one user
  EXPECT_FALSE(served);
}

}  // namespace
}  // namespace courier::mailbox
