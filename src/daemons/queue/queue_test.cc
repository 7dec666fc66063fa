// The queue as its neighbours see it: submit, delivery, retries, reports, lists, holding and cancelling.
#include "daemons/queue/queue.h"

#include <gtest/gtest.h>

#include "daemons/queue/testing/rig.h"
#include "wire/dsn/status.h"

namespace courier::queue::testing {
namespace {

using submit::Outcome;

class QueueTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(rig.serve(), ""); }
  SimulatedDisk disk;
  Rig rig{disk};
};

TEST_F(QueueTest, AMessageGoesToItsMailboxAndIsForgotten) {
  EXPECT_EQ(rig.submit("A1", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  ASSERT_EQ(rig.mailbox.requests.size(), 1u);
  const delivery::Deliver& request = rig.mailbox.requests[0];
  EXPECT_EQ(request.id, "A1");
  EXPECT_EQ(request.sender, "ann@sender.test");
  EXPECT_EQ(request.body.bytes.view(), "Subject: hi\n\nhello\n");
  ASSERT_EQ(request.recipients.size(), 1u);
  EXPECT_EQ(request.recipients[0].address, "bob@our.test");
  EXPECT_EQ(request.recipients[0].delivered_to, "bob@our.test");
  EXPECT_EQ(rig.ask("status").json.find("\"messages\":0"), 1u);
  EXPECT_NE(rig.ask("trace", {"A1"}).json.find("\"state\":\"left\""), std::string::npos);
  EXPECT_EQ(rig.submit("A1", {"bob@our.test"}), Outcome::Repeated);
}

// auth has a mailbox process started when it is asked for the account, and only then.
TEST_F(QueueTest, AuthIsAskedAnewForAMailboxThatIsNotThere) {
  EXPECT_EQ(rig.submit("A1", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  ASSERT_EQ(rig.mailbox.requests.size(), 1u);
  rig.mailbox_end->close();
  rig.loop.run_ready();
  const int asked = rig.auth.asked;
  EXPECT_EQ(rig.submit("A2", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  EXPECT_EQ(rig.auth.asked, asked + 1) << "what it said a moment ago is good enough for the address, not for the process";
  rig.mailbox_end = rig.connect("mailbox:v0");
  rig.mailbox.serve(*rig.mailbox_end);
  rig.loop.run_ready();
  EXPECT_EQ(rig.mailbox.copies["A2/bob@our.test"], 1);
}

TEST_F(QueueTest, RecipientsOfOneWayGoTogetherAndEachOnce) {
  EXPECT_EQ(rig.submit("A1", {"a@one.test", "b@our.test", "b@ONE.test", "a@one.test", "c@two.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  ASSERT_EQ(rig.esmtp.requests.size(), 2u);
  EXPECT_EQ(rig.esmtp.requests[0].site, "one.test");
  EXPECT_EQ(rig.esmtp.requests[0].recipients.size(), 2u);
  EXPECT_EQ(rig.esmtp.requests[1].site, "two.test");
  EXPECT_EQ(rig.mailbox.requests.size(), 1u);
}

TEST_F(QueueTest, AnAliasIsExpandedWithoutDuplicates) {
  rig.auth.lists["team@our.test"] = {"bob@our.test", "eve@our.test", "zed@far.test"};
  auto request = Rig::message("A1", {"team@our.test", "eve@our.test"});
  request.envelope.recipients[1].notify = submit::NotifySuccess;
  EXPECT_EQ(rig.submit_by(*rig.mx, std::move(request)).outcome, Outcome::Accepted);
  rig.loop.run_ready();
  EXPECT_EQ(rig.mailbox.copies.at("A1/bob@our.test"), 1);
  EXPECT_EQ(rig.mailbox.copies.at("A1/eve@our.test"), 1);
  EXPECT_EQ(rig.esmtp.copies.at("A1/zed@far.test"), 1);
  // Named directly: her own wishes count. A member of a list causes no reports to the sender.
  for (const auto& r : rig.mailbox.requests[0].recipients) {
    EXPECT_EQ(r.notify, r.address == "eve@our.test" ? submit::NotifySuccess : submit::NotifyNever);
  }
}

TEST_F(QueueTest, ALargeListIsServedInPartsAfterTheCommit) {
  std::vector<std::string>& list = rig.auth.lists["all@our.test"];
  for (int i = 0; i < 1000; ++i) list.push_back("user" + std::to_string(i % 900) + "@our.test");
  EXPECT_EQ(rig.submit("A1", {"all@our.test", "user5@our.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  std::map<std::string, int> copies;
  for (const auto& [name, count] : rig.mailbox.copies) copies[name.substr(name.find('/') + 1)] += count;
  EXPECT_EQ(copies.size(), 900u);
  for (const auto& [address, count] : copies) EXPECT_EQ(count, 1) << address;
  EXPECT_TRUE(rig.mailbox.copies.contains("A1/user5@our.test"));
  EXPECT_TRUE(rig.mailbox.copies.contains("A1-2/user300@our.test"));
  EXPECT_EQ(rig.mailbox.requests.back().body.bytes.view(), "Subject: hi\n\nhello\n");
  EXPECT_EQ(rig.ask("status").json.find("\"messages\":0"), 1u);
}

TEST_F(QueueTest, RetriesFollowTheScheduleAndAreReportedLate) {
  rig.esmtp.answer = [](const auto&, const auto&) { return FakeTransport::deferred(); };
  EXPECT_EQ(rig.submit("A1", {"bob@far.test"}), Outcome::Accepted);
  std::vector<std::int64_t> waits;
  Instant last = rig.loop.now();
  for (int minute = 0; minute < 60 * 8; ++minute) {
    const auto before = rig.esmtp.requests.size();
    rig.loop.advance(minutes(1));
    if (Rig::with_text(rig.esmtp, "hello").size() > before || rig.esmtp.requests.size() > before) {
      waits.push_back((rig.loop.now() - last).seconds() / 60);
      last = rig.loop.now();
    }
  }
  ASSERT_GE(waits.size(), 10u);
  EXPECT_EQ(std::vector<std::int64_t>(waits.begin() + 1, waits.begin() + 9), (std::vector<std::int64_t>{5, 30, 5, 5, 60, 5, 5, 120}));
}

TEST_F(QueueTest, ADelayIsToldOnceAndExpiryEndsInABounce) {
  rig.esmtp.answer = [](const delivery::Deliver& request, const delivery::Recipient&) {
    return request.site == "far.test" ? FakeTransport::deferred("451 4.7.1 greylisted") : FakeTransport::delivered();
  };
  EXPECT_EQ(rig.submit("A1", {"bob@far.test"}), Outcome::Accepted);
  rig.loop.advance(hours(7));
  auto warnings = Rig::with_text(rig.esmtp, "Subject: WARNING: delayed mail.");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].sender, "");
  EXPECT_EQ(warnings[0].recipients[0].address, "ann@sender.test");
  EXPECT_NE(warnings[0].body.bytes.view().find("Action: delayed\nStatus: 4.7.1\n"), std::string::npos) << warnings[0].body.bytes.view();
  rig.loop.advance(days(8));
  const auto bounces = Rig::with_text(rig.esmtp, "Subject: NOTICE: mail delivery status.");
  ASSERT_EQ(bounces.size(), 1u);
  EXPECT_NE(bounces[0].body.bytes.view().find("Action: failed\nStatus: 4.4.7\n"), std::string::npos);
  EXPECT_EQ(Rig::with_text(rig.esmtp, "WARNING").size(), 1u);
  EXPECT_EQ(rig.ask("status").json.find("\"messages\":0"), 1u);
}

TEST_F(QueueTest, AfterAClockJumpNothingExpiresForADay) {
  rig.esmtp.answer = [](const delivery::Deliver& request, const delivery::Recipient&) {
    return request.site == "far.test" ? FakeTransport::deferred() : FakeTransport::delivered();
  };
  EXPECT_EQ(rig.submit("A1", {"bob@far.test"}), Outcome::Accepted);
  rig.loop.advance(minutes(2));
  rig.loop.set_wall(rig.loop.wall_now() + days(30));
  rig.loop.advance(hours(20));
  EXPECT_TRUE(Rig::with_text(rig.esmtp, "Subject: NOTICE").empty());
  rig.loop.advance(hours(12));
  EXPECT_EQ(Rig::with_text(rig.esmtp, "Subject: NOTICE").size(), 1u);
}

TEST_F(QueueTest, AFailureIsReportedInOneTransactionWithTheOutcome) {
  rig.esmtp.answer = [](const delivery::Deliver& request, const delivery::Recipient&) {
    return request.site == "far.test" ? FakeTransport::failed() : FakeTransport::delivered();
  };
  auto request = Rig::message("A1", {"bob@far.test", "eve@our.test", "nobody@our.test"});
  request.envelope.envelope_id = "order 17";
  request.envelope.peer_name = "mx.sender.test";
  request.envelope.peer_address = "192.0.2.7";
  request.envelope.recipients[1].notify = submit::NotifySuccess;
  EXPECT_EQ(rig.submit_by(*rig.mx, std::move(request)).outcome, Outcome::Accepted);
  rig.loop.run_ready();
  const auto bounces = Rig::with_text(rig.esmtp, "report-type=delivery-status");
  ASSERT_EQ(bounces.size(), 1u) << "one report for all";
  const std::string_view text = bounces[0].body.bytes.view();
  EXPECT_EQ(bounces[0].sender, "");
  EXPECT_NE(text.find("Content-Type: message/rfc822\n\nSubject: hi\n\nhello\n"), std::string::npos);
  const auto begin = text.find("Original-Envelope-Id");
  const auto status = dsn::parse_status(std::string_view(text).substr(begin, text.find("\n--=_courier", begin) - begin));
  ASSERT_TRUE(status) << status.error().expected;
  EXPECT_EQ(status->original_envelope_id, "order 17");
  EXPECT_EQ(status->received_from_mta->text, "mx.sender.test ([192.0.2.7])");
  ASSERT_EQ(status->recipients.size(), 3u);
  EXPECT_EQ(status->recipients[0].final_recipient.text, "bob@far.test");
  EXPECT_EQ(status->recipients[0].status, "5.1.1");
  EXPECT_EQ(status->recipients[0].remote_mta->text, "mx.remote.test [192.0.2.9]");
  EXPECT_EQ(status->recipients[1].action, dsn::Action::Delivered);
  EXPECT_EQ(status->recipients[2].diagnostic_code->text, "550 5.1.1 <nobody@our.test> unknown");
}

TEST_F(QueueTest, NotifyNeverIsSilent) {
  rig.esmtp.answer = [](const auto&, const auto&) { return FakeTransport::failed(); };
  auto request = Rig::message("A1", {"bob@far.test"});
  request.envelope.recipients[0].notify = submit::NotifyNever;
  EXPECT_EQ(rig.submit_by(*rig.mx, std::move(request)).outcome, Outcome::Accepted);
  rig.loop.run_ready();
  EXPECT_EQ(rig.esmtp.requests.size(), 1u);
  EXPECT_TRUE(rig.mailbox.requests.empty());
}

TEST_F(QueueTest, ABounceThatFailsGoesToThePostmasterAndNoFurther) {
  rig.esmtp.answer = [](const auto&, const auto&) { return FakeTransport::failed(); };
  EXPECT_EQ(rig.submit("A1", {"bob@far.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  ASSERT_EQ(rig.mailbox.requests.size(), 1u);
  EXPECT_EQ(rig.mailbox.requests[0].recipients[0].address, "postmaster@our.test");
  EXPECT_EQ(rig.mailbox.requests[0].sender, "");
  EXPECT_NE(rig.mailbox.requests[0].body.bytes.view().find("Subject: NOTICE: undeliverable bounce."), std::string::npos);
  // And when the postmaster fails as well, nothing more is sent.
  rig.mailbox.answer = [](const auto&, const auto&) { return FakeTransport::failed(); };
  EXPECT_EQ(rig.submit("A2", {"bob@far.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  EXPECT_EQ(rig.mailbox.requests.size(), 2u);
  EXPECT_EQ(rig.ask("status").json.find("\"messages\":0"), 1u);
}

TEST_F(QueueTest, WhatTheSpoolHoldsIsDeliveredAfterARestart) {
  rig.mailbox.answer = [](const auto&, const auto&) { return FakeTransport::deferred(); };
  EXPECT_EQ(rig.submit("A1", {"bob@our.test"}), Outcome::Accepted);
  rig.mailbox.takes = minutes(5);
  EXPECT_EQ(rig.submit("A2", {"bob@our.test"}), Outcome::Accepted);
  rig.queue.reset();
  Rig second(disk);
  ASSERT_EQ(second.serve(), "");
  second.loop.advance(minutes(6));
  EXPECT_EQ(second.mailbox.copies.at("A1/bob@our.test"), 1);
  EXPECT_EQ(second.mailbox.copies.at("A2/bob@our.test"), 1);
  EXPECT_EQ(second.mailbox.requests[0].body.bytes.view(), "Subject: hi\n\nhello\n") << "read back from the spool";
}

TEST_F(QueueTest, AMailboxProcessThatDiesIsAskedAgainWithTheSameNames) {
  rig.mailbox.takes = seconds(5);
  EXPECT_EQ(rig.submit("A1", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.advance(seconds(1));
  rig.mailbox_end->close();
  rig.loop.advance(seconds(1));
  const auto again = rig.connect("mailbox:v0");
  rig.mailbox.serve(*again);
  rig.loop.advance(seconds(6));
  ASSERT_EQ(rig.mailbox.requests.size(), 2u);
  EXPECT_EQ(rig.mailbox.requests[1].id, "A1");
  EXPECT_EQ(rig.mailbox.requests[1].recipients[0].number, rig.mailbox.requests[0].recipients[0].number);
  EXPECT_EQ(rig.ask("status").json.find("\"messages\":0"), 1u);
}

TEST_F(QueueTest, ASubmitIsCarriedOutAlthoughItsChannelCloses) {
  rig.auth.available = true;
  auto call = rig.mx->call(Rig::message("A1", {"bob@our.test"}), Deadline::never());
  call.start();
  // Far enough for the request to have arrived, not for its answer.
  for (int i = 0; i < 50 && rig.auth.asked == 0; ++i) rig.loop.advance(nanoseconds(1));
  rig.mx->close();
  rig.loop.run_ready();
  EXPECT_EQ(rig.mailbox.copies["A1/bob@our.test"], 1);
}

TEST_F(QueueTest, WithoutTheDirectoryMailIsAcceptedAndExpandedLater) {
  rig.auth.available = false;
  EXPECT_EQ(rig.submit("A1", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.advance(seconds(30));
  EXPECT_TRUE(rig.mailbox.requests.empty());
  rig.auth.available = true;
  rig.loop.advance(minutes(2));
  EXPECT_EQ(rig.mailbox.copies.at("A1/bob@our.test"), 1);
}

TEST_F(QueueTest, HeldMessagesWaitAndCanBeTakenBackInTime) {
  auto request = Rig::message("A1", {"bob@our.test"});
  request.envelope.account = "ann@our.test";
  request.envelope.hold_until_us = (rig.loop.wall_now() + minutes(10)).microseconds;
  EXPECT_EQ(rig.submit_by(*rig.inject, request).outcome, Outcome::Accepted);
  request.envelope.id = "A2";
  EXPECT_EQ(rig.submit_by(*rig.inject, request).outcome, Outcome::Accepted);
  rig.loop.advance(minutes(9));
  EXPECT_NE(rig.ask("queue show", {"A1"}).json.find("\"state\":\"scheduled\""), std::string::npos);
  const auto cancel = [&](Channel& channel, const std::string& id, const std::string& account) {
    return run_until_done(rig.loop, channel.call(submit::Cancel{.id = id, .account = account}, Deadline::never()));
  };
  EXPECT_FALSE(cancel(*rig.inject, "A1", "eve@our.test")->in_time) << "someone else's";
  EXPECT_EQ(cancel(*rig.mx, "A1", "ann@our.test").error(), ChannelFault::Refused) << "not from the network";
  EXPECT_TRUE(cancel(*rig.inject, "A1", "ann@our.test")->in_time);
  EXPECT_FALSE(cancel(*rig.inject, "A1", "ann@our.test")->in_time) << "it has left";
  rig.loop.advance(minutes(2));
  EXPECT_FALSE(rig.mailbox.copies.contains("A1/bob@our.test"));
  EXPECT_EQ(rig.mailbox.copies["A2/bob@our.test"], 1);
  EXPECT_FALSE(cancel(*rig.inject, "A2", "ann@our.test")->in_time);
}

TEST_F(QueueTest, AnOutcomeAndItsConsequenceAreOne) {
  rig.mailbox.takes = seconds(10);
  EXPECT_EQ(rig.submit("A1", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.advance(seconds(1));
  auto forward = Rig::message("F1", {"bob@far.test"});
  forward.unique_key = "A1/0";
  forward.finishes = submit::Finishes{.id = "A1", .recipients = {0}};
  EXPECT_EQ(rig.submit_by(*rig.mx, forward).outcome, Outcome::Invalid) << "inner sources only";
  EXPECT_EQ(rig.submit_by(*rig.inject, forward).outcome, Outcome::Accepted);
  forward.envelope.id = "F2";
  EXPECT_EQ(rig.submit_by(*rig.inject, forward).outcome, Outcome::Repeated) << "by its unique key";
  // The process that forwarded dies before it can say so.
  rig.mailbox.answer = [](const auto&, const auto&) { return FakeTransport::deferred(); };
  rig.loop.advance(hours(1));
  EXPECT_EQ(rig.mailbox.requests.size(), 1u) << "not attempted again";
  EXPECT_EQ(rig.esmtp.copies["F1/bob@far.test"], 1);
  EXPECT_EQ(rig.ask("status").json.find("\"messages\":0"), 1u);
}

TEST_F(QueueTest, DrainingFinishesWhatRunsAndTakesNothingNew) {
  rig.esmtp.takes = seconds(5);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(rig.submit("A" + std::to_string(i), {"bob@far.test"}), Outcome::Accepted);
  rig.loop.advance(seconds(1));
  EXPECT_EQ(rig.esmtp.running, 20) << "the limit for one host";
  EXPECT_TRUE(run_until_done(rig.loop, rig.queue->drain(rig.loop.in(minutes(1)))));
  EXPECT_EQ(rig.esmtp.requests.size(), 20u);
  EXPECT_EQ(rig.submit("B1", {"bob@far.test"}), Outcome::Busy);
  rig.queue.reset();
  Rig second(disk);
  ASSERT_EQ(second.serve(), "");
  second.loop.advance(minutes(1));
  EXPECT_EQ(second.esmtp.copies.size(), 10u) << "the others, at once after the next start";
}

TEST_F(QueueTest, AFullWindowSlowsIntakeAndLosesNothing) {
  QueueSettings settings = Rig::small_settings();
  settings.window_low = 20;
  settings.window_high = 40;
  ASSERT_EQ(rig.queue->reload(encode_settings(settings)).error, "");
  rig.mailbox.takes = seconds(30);
  const Instant began = rig.loop.now();
  for (int i = 0; i < 60; ++i) EXPECT_EQ(rig.submit("A" + std::to_string(i), {"bob@our.test"}), Outcome::Accepted);
  EXPECT_GE((rig.loop.now() - began).seconds(), 30) << "replies were held up";
  EXPECT_LE(rig.mailbox.most_running, 40);
  rig.loop.advance(minutes(5));
  EXPECT_EQ(rig.mailbox.copies.size(), 60u);
  for (const auto& [name, count] : rig.mailbox.copies) EXPECT_EQ(count, 1) << name;
}

TEST_F(QueueTest, InvalidSubmitsAreRefused) {
  EXPECT_EQ(rig.submit("", {"a@our.test"}), Outcome::Invalid);
  EXPECT_EQ(rig.submit("../../etc", {"a@our.test"}), Outcome::Invalid);
  EXPECT_EQ(rig.submit("A1", {}), Outcome::Invalid);
  auto request = Rig::message("A1", {"a@our.test"});
  request.body.size += 1;
  EXPECT_EQ(rig.submit_by(*rig.mx, request).outcome, Outcome::Invalid);
  request.body.bytes = {};
  request.body.in_file = true;
  request.body_handle = 99;
  EXPECT_EQ(rig.submit_by(*rig.mx, request).outcome, Outcome::Invalid);
}

TEST_F(QueueTest, TheAdministratorSeesHoldsReleasesRetriesAndCancels) {
  rig.mailbox.answer = [](const auto&, const auto&) { return FakeTransport::deferred("452 4.2.2 over quota"); };
  EXPECT_EQ(rig.submit("A1", {"bob@our.test"}), Outcome::Accepted);
  rig.loop.run_ready();
  EXPECT_NE(rig.ask("queue list").json.find("\"state\":\"deferred\",\"reply\":\"452 4.2.2 over quota\""), std::string::npos);
  EXPECT_EQ(rig.ask("queue hold", {"A1"}).status, 0);
  rig.loop.advance(days(1));
  EXPECT_EQ(rig.mailbox.requests.size(), 1u);
  EXPECT_NE(rig.ask("queue show", {"A1"}).json.find("\"state\":\"held\""), std::string::npos);
  EXPECT_EQ(rig.ask("queue release", {"A1"}).json, "{\"messages\":1}");
  rig.loop.advance(seconds(1));
  EXPECT_EQ(rig.mailbox.requests.size(), 2u);
  EXPECT_EQ(rig.ask("queue retry", {"all"}).json, "{\"messages\":1}");
  rig.loop.advance(seconds(1));
  EXPECT_EQ(rig.mailbox.requests.size(), 3u);
  EXPECT_EQ(rig.ask("queue cancel", {"A1", "not wanted"}).json, "{\"in_time\":false}");
  rig.loop.advance(seconds(1));
  const auto bounces = Rig::with_text(rig.esmtp, "not wanted");
  ASSERT_EQ(bounces.size(), 1u);
  EXPECT_EQ(rig.ask("queue cancel", {"A1"}).status, 66);
  EXPECT_EQ(rig.ask("queue eat", {"A1"}).status, 64);
  const std::string trace = rig.ask("trace", {"A1"}).json;
  for (const char* step : {"accepted from mx", "deferred for bob@our.test", "held by", "released by", "cancelled", "completed"}) {
    EXPECT_NE(trace.find(step), std::string::npos) << step << " in " << trace;
  }
}

// Whatever its round is doing when the administrator's word comes, and whoever else speaks at that moment, the word counts.
TEST_F(QueueTest, ACancelCountsInEveryTurnOfARound) {
  struct Late {
    static Task<> ask(Rig& rig, std::string id, int& answered) {
      const auto answer = co_await rig.queue->ask({.verb = "queue cancel", .arguments = {std::move(id), "not wanted"}});
      answered += answer.status == 0;
    }
    static void after(Rig& rig, TaskGroup& tasks, int turns, std::string id, int& answered) {
      if (turns == 0) return tasks.spawn(ask(rig, std::move(id), answered));
      rig.loop.post([&rig, &tasks, turns, id, &answered] { after(rig, tasks, turns - 1, id, answered); });
    }
  };
  TaskGroup tasks(rig.loop, no_exceptions());
  for (int turns = 0; turns < 40; ++turns) {
    const std::string id = "T" + std::to_string(turns);
    int answered = 0;
    // The second attempt is asked for, and so many turns of the loop later the word comes.
    rig.mailbox.answer = [&](const delivery::Deliver& request, const auto&) {
      if (request.id == id && request.attempt == 1) Late::after(rig, tasks, turns, id, answered);
      return FakeTransport::deferred("452 4.2.2 over quota");
    };
    ASSERT_EQ(rig.submit(id, {"bob@our.test"}), Outcome::Accepted);
    rig.loop.run_ready();
    ASSERT_EQ(rig.ask("queue retry", {"all"}).status, 0);
    rig.loop.advance(seconds(2));
    ASSERT_EQ(answered, 1) << turns;
    ASSERT_NE(rig.ask("trace", {id}).json.find("\"state\":\"left\""), std::string::npos) << turns << rig.ask("trace", {id}).json;
  }
  EXPECT_EQ(Rig::with_text(rig.esmtp, "not wanted").size(), 40u);
}

}  // namespace
}  // namespace courier::queue::testing
