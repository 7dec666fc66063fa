#include "transports/esmtp/transaction.h"

#include <sys/mman.h>
#include <unistd.h>

#include "contracts/submit.h"
#include "transports/esmtp/testing/engine_test_base.h"

namespace courier::esmtp {
namespace {

using Commands = std::vector<std::string>;

TEST_F(EngineTest, DeliversWithPipeliningInOneBatch) {
  const auto result = deliver_one();
  EXPECT_EQ(result.outcome, Outcome::Relayed);
  EXPECT_EQ(result.reply, "250 2.0.0 queued");
  EXPECT_EQ(result.status, "2.0.0");
  EXPECT_EQ(result.remote, "mx.far.test [192.0.2.1]");
  EXPECT_EQ(server().commands, (Commands{"EHLO us.test", "MAIL FROM:<ann@us.test> SIZE=256", "RCPT TO:<bob@far.test>", "DATA"}));
  ASSERT_EQ(server().batches.size(), 2u);
  EXPECT_EQ(server().batches[1], "MAIL FROM:<ann@us.test> SIZE=256\r\nRCPT TO:<bob@far.test>\r\nDATA\r\n");
  EXPECT_EQ(server().messages, Commands{"Subject: x\r\n\r\nhello\r\n"});
}

TEST_F(EngineTest, WithoutPipeliningOneCommandAtATime) {
  server().offers = {};
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  EXPECT_EQ(server().batches, (Commands{"EHLO us.test\r\n", "MAIL FROM:<ann@us.test>\r\n", "RCPT TO:<bob@far.test>\r\n", "DATA\r\n"}));
}

TEST_F(EngineTest, HeloWhereEhloIsNotKnown) {
  server().answers["EHLO"] = "502 what?";
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  EXPECT_EQ(server().commands.at(1), "HELO us.test");
}

TEST_F(EngineTest, DotsAreDoubledAndALastLineIsEnded) {
  deliver(message({"bob@far.test"}, ".\n..x\nend"));
  EXPECT_EQ(server().messages, Commands{"..\r\n...x\r\nend\r\n"});
}

TEST_F(EngineTest, AnEmptyMessageArrivesEmpty) {
  EXPECT_EQ(deliver(message({"bob@far.test"}, "")).results[0].outcome, Outcome::Relayed);
  EXPECT_EQ(server().messages, Commands{""});
}

TEST_F(EngineTest, EachRecipientHasItsOwnResult) {
  for (const bool pipelining : {true, false}) {
    if (!pipelining) server().offers = {};
    server().answers["RCPT TO:<no@"] = "550-5.1.1 No such\r\n550 5.1.1 user";
    server().answers["RCPT TO:<full@"] = "452 mailbox full";
    server().messages.clear();
    const auto results = deliver(message({"no@far.test", "bob@far.test", "full@far.test"})).results;
    std::map<std::uint32_t, delivery::Result> by_number;
    for (const auto& result : results) by_number[result.number] = result;
    EXPECT_EQ(by_number[0].outcome, Outcome::Failed);
    EXPECT_EQ(by_number[0].reply, "550 5.1.1 No such\n550 5.1.1 user");
    EXPECT_EQ(by_number[0].status, "5.1.1");
    EXPECT_EQ(by_number[1].outcome, Outcome::Relayed);
    EXPECT_EQ(by_number[2].outcome, Outcome::Deferred);
    EXPECT_EQ(by_number[2].status, "4.0.0");
    EXPECT_EQ(server().messages.size(), 1u);
    engine_.reset();
  }
}

TEST_F(EngineTest, WhenAllAreRefusedALoneDotFollowsAndTheSessionGoesOn) {
  server().answers["RCPT TO:<no@"] = "550 no";
  EXPECT_EQ(deliver(message({"no@far.test"})).results[0].outcome, Outcome::Failed);
  EXPECT_EQ(server().messages, Commands{""});
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  EXPECT_EQ(server().connections, 1u);
}

TEST_F(EngineTest, AnswersToMailDataAndDotDecide) {
  const struct {
    const char *at, *answer;
    Outcome outcome;
    const char* status;
  } rows[] = {
      {"MAIL", "550 5.7.1 go away", Outcome::Failed, "5.7.1"},
      {"MAIL", "451 4.7.1 greylisted", Outcome::Deferred, "4.7.1"},
      {"DATA", "554 5.5.0 no", Outcome::Failed, "5.5.0"},
      {"DATA", "451 later", Outcome::Deferred, "4.0.0"},
      {".", "554 5.7.1 spam", Outcome::Failed, "5.7.1"},
      {".", "452 4.3.1 full", Outcome::Deferred, "4.3.1"},
      {"MAIL", "421 4.3.2 closing", Outcome::Deferred, "4.3.2"},
      {"RCPT", "421 4.3.2 closing", Outcome::Deferred, "4.3.2"},
      {".", "250 fine", Outcome::Relayed, "2.0.0"},
  };
  for (const bool pipelining : {true, false}) {
    for (const auto& row : rows) {
      server() = Script();
      if (!pipelining) server().offers = {};
      server().answers[row.at] = row.answer;
      const auto result = deliver_one();
      EXPECT_EQ(result.outcome, row.outcome) << row.at << row.answer << pipelining;
      EXPECT_EQ(result.status, row.status) << row.at << row.answer << pipelining;
      EXPECT_EQ(result.reply, row.answer);
      // What was left half done is reset before the session is used again.
      if (std::string(row.at) == "DATA") EXPECT_EQ(server().commands.back(), "RSET");
      engine_.reset();
    }
  }
}

TEST_F(EngineTest, AConnectionCutAtAnyStageIsDeferred) {
  for (const bool pipelining : {true, false}) {
    for (const char* stage : {"greeting", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
      server() = Script();
      if (!pipelining) server().offers = {};
      server().answers[stage] = "";
      const auto result = deliver_one();
      EXPECT_EQ(result.outcome, Outcome::Deferred) << stage;
      EXPECT_EQ(result.status, "4.4.2") << stage;
      EXPECT_NE(result.text.find("connection lost"), std::string::npos) << stage << ": " << result.text;
      EXPECT_EQ(result.remote, "") << "these are our words";
      EXPECT_TRUE(result.reply.starts_with("451 4.4.2 mx.far.test [192.0.2.1]: connection lost")) << result.reply;
      engine_.reset();
    }
  }
}

TEST_F(EngineTest, AServerThatStopsAnsweringIsDeferredAfterItsTime) {
  settings.hello_timeout = seconds(50);
  settings.command_timeout = seconds(100);
  for (const char* stage : {"greeting", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    server() = Script();
    server().answers[stage] = "-";
    const Instant start = loop.now();
    const auto result = deliver_one();
    EXPECT_EQ(result.outcome, Outcome::Deferred) << stage;
    EXPECT_NE(result.text.find("timed out"), std::string::npos) << stage << ": " << result.text;
    const bool hello = std::string(stage) == "greeting" || std::string(stage) == "EHLO";
    EXPECT_EQ((loop.now() - start).seconds(), hello ? 50 : 100) << stage;
    engine_.reset();
  }
}

TEST_F(EngineTest, ALongReplyIsCut) {
  server().answers["."] = "554 " + std::string(900, 'x');
  EXPECT_EQ(deliver_one().reply.size(), 500u);
}

TEST_F(EngineTest, GarbageInsteadOfAReplyIsDeferred) {
  server().answers["MAIL"] = "hello there";
  const auto result = deliver_one();
  EXPECT_EQ(result.outcome, Outcome::Deferred);
  EXPECT_NE(result.text.find("not SMTP"), std::string::npos) << result.text;
}

TEST_F(EngineTest, DsnParametersGoToServersThatKnowThem) {
  server().offers = {"PIPELINING", "DSN"};
  auto request = message();
  request.ret = submit::Return::Headers;
  request.envelope_id = "a+b";
  request.recipients[0].notify = submit::NotifySuccess | submit::NotifyFailure;
  request.recipients[0].original = "rfc822;bob@old.test";
  EXPECT_EQ(deliver(request).results[0].outcome, Outcome::Forwarded);
  EXPECT_EQ(server().commands.at(1), "MAIL FROM:<ann@us.test> RET=HDRS ENVID=a+2Bb");
  EXPECT_EQ(server().commands.at(2), "RCPT TO:<bob@far.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@old.test");
}

TEST_F(EngineTest, WithoutDsnThoseWhoWantNoNoticeGoWithTheNullSender) {
  auto request = message({"a@far.test", "b@far.test", "c@far.test"});
  request.recipients[1].notify = submit::NotifyNever;
  for (const auto& result : deliver(request).results) EXPECT_EQ(result.outcome, Outcome::Relayed);
  EXPECT_EQ(server().commands, (Commands{"EHLO us.test", "MAIL FROM:<ann@us.test> SIZE=256", "RCPT TO:<a@far.test>", "RCPT TO:<c@far.test>",
                                         "DATA", "MAIL FROM:<> SIZE=256", "RCPT TO:<b@far.test>", "DATA"}));
}

TEST_F(EngineTest, AtMostAHundredRecipientsATime) {
  std::vector<std::string> recipients;
  for (int i = 0; i < 250; ++i) recipients.push_back("u" + std::to_string(i) + "@far.test");
  for (const auto& result : deliver(message(recipients)).results) EXPECT_EQ(result.outcome, Outcome::Relayed);
  EXPECT_EQ(server().messages.size(), 3u);
  EXPECT_EQ(server().connections, 1u);
}

TEST_F(EngineTest, WhatTheServerCannotTakeIsNotSent) {
  server().offers = {"SIZE 10"};
  EXPECT_EQ(deliver_one().status, "5.3.4");
  engine_.reset();
  server().offers = {};
  auto eight = message({"bob@far.test"}, "Subject: x\n\n\xc3\xbc\n");
  eight.eight_bit = true;
  EXPECT_EQ(deliver(eight).results[0].status, "5.6.3");
  auto labelled = message();  // said to be 8-bit, but is not
  labelled.eight_bit = true;
  EXPECT_EQ(deliver(labelled).results[0].outcome, Outcome::Relayed);
  auto header = message({"bob@far.test"}, "Subject: \xc3\xbc\n\nx\n");
  header.smtputf8 = true;
  EXPECT_EQ(deliver(header).results[0].status, "5.6.7");
  auto address =
      message({"b\xc3\xb6"
               "b@far.test"});
  address.smtputf8 = true;
  EXPECT_EQ(deliver(address).results[0].status, "5.6.7");
  EXPECT_EQ(server().messages.size(), 1u);
}

TEST_F(EngineTest, InternationalizedMailGoesToServersThatTakeIt) {
  one_host("xn--bcher-kva.test", "mx.far.test", "192.0.2.1");
  auto request =
      message({"b\xc3\xb6"
               "b@b\xc3\xbc"
               "cher.test"});
  request.smtputf8 = request.eight_bit = true;
  EXPECT_EQ(deliver(request).results[0].outcome, Outcome::Relayed);
  EXPECT_EQ(server().commands.at(1), "MAIL FROM:<ann@us.test> SIZE=256 BODY=8BITMIME SMTPUTF8");
  EXPECT_EQ(server().commands.at(2),
            "RCPT TO:<b\xc3\xb6"
            "b@b\xc3\xbc"
            "cher.test>");
  engine_.reset();
  server().offers = {};
  server().commands.clear();
  EXPECT_EQ(deliver(message({"bob@b\xc3\xbc"
                             "cher.test"}))
                .results[0]
                .outcome,
            Outcome::Relayed);
  EXPECT_EQ(server().commands.at(2), "RCPT TO:<bob@xn--bcher-kva.test>");
}

TEST_F(EngineTest, BadAddressesFailAlone) {
  const auto results = deliver(message({"bob@far.test", "a b@far.test"})).results;
  for (const auto& result : results) EXPECT_EQ(result.outcome, result.number == 0 ? Outcome::Relayed : Outcome::Failed);
}

// A body in a file, as the queue hands it over.
Descriptor file_with(const std::string& bytes) {
  Descriptor file(::memfd_create("body", MFD_CLOEXEC));
  EXPECT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return file;
}

TEST_F(EngineTest, ALargeBodyComesFromItsFile) {
  std::string body, wire;
  for (int i = 0; i < 20'000; ++i) {
    const std::string line = (i % 7 == 0 ? "." : "line ") + std::to_string(i);
    body += line + "\n";
    wire += (i % 7 == 0 ? "." : "") + line + "\r\n";
  }
  auto request = message({"bob@far.test"}, "");
  request.body.in_file = true;
  request.body.size = body.size();
  EXPECT_EQ(deliver(request, file_with(body)).results[0].outcome, Outcome::Relayed);
  ASSERT_EQ(server().messages.size(), 1u);
  EXPECT_TRUE(server().messages[0] == wire);
}

TEST_F(EngineTest, AFileThatIsTooShortNeverArrives) {
  auto request = message({"bob@far.test"}, "");
  request.body.in_file = true;
  request.body.size = 100'000;
  EXPECT_EQ(deliver(request, file_with(std::string(70'000, 'x'))).results[0].outcome, Outcome::Deferred);
  EXPECT_TRUE(server().messages.empty());
  EXPECT_EQ(deliver(request).results[0].outcome, Outcome::Deferred);  // no descriptor at all
}

}  // namespace
}  // namespace courier::esmtp
