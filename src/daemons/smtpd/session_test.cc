#include "daemons/smtpd/session.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "daemons/smtpd/testing/world.h"

namespace courier::smtpd::testing {
namespace {

constexpr const char* envelope =
    "EHLO client.test\r\nMAIL FROM:<ann@sender.test> RET=HDRS ENVID=e+2B1\r\nRCPT TO:<alice@example.test> NOTIFY=DELAY ORCPT=rfc822;al@x.y\r\n";

// A message of about `size` octets, header and dots included.
std::string wire_message(std::size_t size) {
  std::string out = "Subject: big\r\n\r\n";
  while (out.size() < size) out += "..a line of text that begins with a dot\r\n";
  return out;
}

TEST(Session, HandsTheWholeEnvelopeToTheQueue) {
  World world;
  const StreamPtr client = world.connect(Role::Mx);
  talk(world, *client, std::string(envelope) + "DATA\r\n");
  EXPECT_EQ(talk(world, *client, "Return-Path: <x>\r\nSubject: x\r\n\r\n..dot\r\n.\r\n").substr(0, 20), "250 2.0.0 queued as ");
  ASSERT_EQ(world.queue.messages.size(), 1u);
  const auto& [sent, body, in_file] = world.queue.messages[0];
  EXPECT_TRUE(is_queue_id(sent.id));
  EXPECT_EQ(sent.sender, "ann@sender.test");
  ASSERT_EQ(sent.recipients.size(), 1u);
  EXPECT_EQ(sent.recipients[0].address, "alice@example.test");
  EXPECT_EQ(sent.recipients[0].notify, submit::NotifyDelay);
  EXPECT_EQ(sent.recipients[0].original, "rfc822;al@x.y");
  EXPECT_EQ(sent.ret, submit::Return::Headers);
  EXPECT_EQ(sent.envelope_id, "e+1");
  EXPECT_EQ(sent.peer_address, "192.0.2.7");
  EXPECT_EQ(sent.peer_name, "client.test");
  EXPECT_FALSE(sent.eight_bit || sent.smtputf8 || in_file);
  EXPECT_EQ(body, "Received: from client.test ([192.0.2.7])\n  by mx.example.test with ESMTP\n  id " + sent.id +
                      "; Mon, 05 Jan 2026 10:00:00 +0000\nOld-Return-Path: <x>\nSubject: x\n\n.dot\n");
}

TEST(Session, ARecipientWhoIsTakenIsRememberedForASecond) {
  World world;
  const StreamPtr client = world.connect(Role::Mx);
  talk(world, *client, "EHLO client.test\r\nMAIL FROM:<ann@sender.test>\r\n");
  const auto ask = [&](const std::string& address) { return talk(world, *client, "RCPT TO:<" + address + ">\r\n").substr(0, 3); };
  EXPECT_EQ(ask("alice@example.test"), "250");
  EXPECT_EQ(ask("alice@example.test"), "250");
  EXPECT_EQ(world.auth.looked_up, 1u);
  world.loop.advance(milliseconds(1001));
  EXPECT_EQ(ask("alice@example.test"), "250");
  EXPECT_EQ(world.auth.looked_up, 2u);
  // Who is unknown may have been made since, and who cannot be looked up now may be in a moment.
  for (const char* address : {"nobody@example.test", "later@example.test"}) {
    const std::size_t before = world.auth.looked_up;
    EXPECT_NE(ask(address), "250");
    EXPECT_NE(ask(address), "250");
    EXPECT_EQ(world.auth.looked_up, before + 2) << address;
  }
}

struct KeptLog final : Log {
  void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
    lines.emplace_back(event);
    for (const LogField& field : fields) ((lines.back() += ' ') += field.key).append("=").append(field.value);
  }
  void reopen() override {}
  std::vector<std::string> lines;
};

TEST(Session, TheLogShowsNoTextOfAMessageThatIsRefused) {
  KeptLog log;
  WorldOptions options;
  options.log = &log;
  World world(options);
  world.queue.outcome = submit::Outcome::Full;
  const StreamPtr client = world.connect(Role::Mx);
  talk(world, *client, envelope);
  talk(world, *client, "DATA\r\n");  // alone: what comes next takes its place in the buffer
  EXPECT_EQ(talk(world, *client, "Secret: text\r\n\r\nsecret text\r\n.\r\n").substr(0, 9), "452 4.3.1");
  EXPECT_EQ(std::ranges::count(log.lines,
                               "command rejected session=m.1 peer=192.0.2.7 command=DATA reply=452 4.3.1 Insufficient system "
                               "storage, try again later"),
            1);
  EXPECT_FALSE(std::ranges::any_of(log.lines, [](const std::string& line) { return line.find("ecr") != std::string::npos; }));
}

TEST(Session, LargeBodiesGoIntoTheQueuesFile) {
  World world;
  const StreamPtr client = world.connect(Role::Mx);
  talk(world, *client, std::string(envelope) + "DATA\r\n");
  const std::string message = wire_message(300'000) + "\xC3\xBC\r\n";
  EXPECT_NE(talk(world, *client, message + ".\r\n").find("250 2.0.0 queued"), std::string::npos);
  ASSERT_EQ(world.queue.messages.size(), 1u);
  const auto& sent = world.queue.messages[0];
  EXPECT_TRUE(sent.in_file);
  EXPECT_TRUE(sent.envelope.eight_bit);
  EXPECT_NE(sent.body.find("\n\n.a line of text that begins with a dot\n.a line"), std::string::npos);
  EXPECT_TRUE(sent.body.ends_with(".a line of text that begins with a dot\n\xC3\xBC\n"));
  EXPECT_EQ(sent.body.find('\r'), std::string::npos);
  EXPECT_EQ(world.queue.abandoned, 0u);
}

TEST(Session, AbandonsTheFileOfAMessageThatDoesNotCome) {
  World world;
  StreamPtr client = world.connect(Role::Mx);
  talk(world, *client, std::string(envelope) + "DATA\r\n" + wire_message(200'000));
  EXPECT_EQ(world.queue.opened, 1u);
  client.reset();
  world.run();
  EXPECT_EQ(world.queue.abandoned, 1u);
  world.loop.advance(seconds(1));  // auth hears of the end when the client has not come again
  EXPECT_EQ(world.auth.disconnected, 1u);
  EXPECT_TRUE(world.queue.messages.empty());
}

TEST(Session, ALostAnswerIsAskedForAgainUnderTheSameId) {
  World world;
  const StreamPtr client = world.connect(Role::Mx);
  world.queue.closes = true;
  talk(world, *client, std::string(envelope) + "DATA\r\nSubject: x\r\n\r\n.\r\n");
  world.attach_queue();
  EXPECT_NE(talk(world, *client, "").find("250 2.0.0 queued"), std::string::npos);
  EXPECT_EQ(world.queue.messages.size(), 1u);
}

TEST(Session, WithoutAQueueTheClientIsToldToComeAgain) {
  World world;
  const StreamPtr client = world.connect(Role::Mx);
  world.queue.closes = true;
  talk(world, *client, std::string(envelope) + "DATA\r\nSubject: x\r\n\r\n.\r\n");
  world.loop.advance(minutes(10));
  EXPECT_NE(talk(world, *client, "").find("451 4.3.0"), std::string::npos);
}

TEST(Session, SubmissionCompletesTheHeaderAndNamesTheAccount) {
  World world({.settings = {}, .role = "smtpd-submission"});
  world.auth.plain_mechanisms = {"PLAIN"};
  const StreamPtr client = world.connect(Role::Submission);
  talk(
      world, *client,
      "EHLO c\r\nAUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdABzZWNyZXQ=\r\nMAIL FROM:<alice@example.test>\r\nRCPT TO:<a@elsewhere.test>\r\nDATA\r\n");
  EXPECT_NE(talk(world, *client, "From: alice@example.test\r\n\r\nhi\r\n.\r\n").find("250 2.0.0 queued as s-5-"), std::string::npos);
  ASSERT_EQ(world.queue.messages.size(), 1u);
  const auto& sent = world.queue.messages[0];
  EXPECT_EQ(sent.envelope.account, "alice@example.test");
  EXPECT_NE(sent.body.find("(AUTH: PLAIN alice@example.test)\n  by mx.example.test with ESMTPA\n"), std::string::npos);
  EXPECT_NE(sent.body.find("\nDate: Mon, 05 Jan 2026"), std::string::npos);
  EXPECT_NE(sent.body.find("\nMessage-ID: <courier." + sent.envelope.id + "@mx.example.test>\n"), std::string::npos);
  EXPECT_NE(sent.body.find("\nTo: undisclosed-recipients: ;\n"), std::string::npos);
}

TEST(Session, StartTlsDropsWhatWasInjectedBeforeIt) {
  World world;
  const StreamPtr client = world.connect(Role::Mx);
  talk(world, *client, "EHLO c\r\n");
  // In one packet, as an attacker in the middle would have it.
  EXPECT_EQ(talk(world, *client, "STARTTLS\r\nMAIL FROM:<evil@sender.test>\r\n"), "220 2.0.0 Ok, begin TLS\r\n");
  EXPECT_EQ(talk(world, *client, "TLS\r\nRCPT TO:<alice@example.test>\r\n"), "503 5.5.1 Polite people say HELO first\r\n");
}

TEST(Session, TellsAuthAboutTlsAndItsChannelBinding) {
  World world;
  const StreamPtr client = world.connect(Role::Submission, "192.0.2.7", true);
  talk(world, *client, "TLS\r\nEHLO c\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n");
  ASSERT_EQ(world.auth.begun.size(), 1u);
  EXPECT_TRUE(world.auth.begun[0].tls);
  EXPECT_EQ(world.auth.begun[0].channel_binding, "binding");
  EXPECT_EQ(world.auth.begun[0].service, auth::Service::Submission);
}

TEST(Session, AsksAgainForLeaveAfterARestartOfAuth) {
  World world;
  world.auth.plain_mechanisms = {"PLAIN"};
  const StreamPtr client = world.connect(Role::Mx), other = world.connect(Role::Mx);
  EXPECT_EQ(world.auth.connected, 2u);
  world.attach_auth();
  EXPECT_NE(talk(world, *client, "EHLO c\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n").find("235 2.7.0"), std::string::npos);
  EXPECT_EQ(world.auth.connected, 3u);
  EXPECT_EQ(world.auth.begun.at(0).connection, 3u);
  world.auth.refuse_with = "too many connections";
  EXPECT_NE(talk(world, *other, "EHLO c\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n").find("421 4.7.0"), std::string::npos);
  EXPECT_EQ(world.smtpd->sessions(), 1u);
}

TEST(Session, AClientThatComesAgainAtOnceNeedsNoNewLeave) {
  World world;
  const auto come_and_go = [&](Role role, const std::string& peer) {
    StreamPtr client = world.connect(role, peer);
    EXPECT_EQ(talk(world, *client, "").substr(0, 3), "220");
    client.reset();
    world.run();
  };
  come_and_go(Role::Mx, "192.0.2.7");
  come_and_go(Role::Mx, "192.0.2.7");
  EXPECT_EQ(world.auth.connected, 1u);
  EXPECT_EQ(world.auth.disconnected, 0u);
  const StreamPtr both[] = {world.connect(Role::Mx), world.connect(Role::Mx)};
  EXPECT_EQ(world.auth.connected, 2u);  // two at a time are two
  come_and_go(Role::Mx, "192.0.2.8");
  EXPECT_EQ(world.auth.connected, 3u);
  world.loop.advance(seconds(1));
  EXPECT_EQ(world.auth.disconnected, 1u);  // the address that has not come again
  come_and_go(Role::Mx, "192.0.2.8");
  EXPECT_EQ(world.auth.connected, 4u);
  // What a restarted auth does not know counts for nothing.
  world.attach_auth();
  come_and_go(Role::Mx, "192.0.2.8");
  EXPECT_EQ(world.auth.connected, 5u);
  // Where somebody may have signed in, each connection is one.
  come_and_go(Role::Submission, "192.0.2.8");
  come_and_go(Role::Submission, "192.0.2.8");
  EXPECT_EQ(world.auth.connected, 7u);
  EXPECT_EQ(world.auth.disconnected, 3u);
}

TEST(Session, FewLeavesAreKept) {
  World world;
  std::vector<StreamPtr> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(world.connect(Role::Mx));
  clients.clear();
  world.run();
  EXPECT_EQ(world.auth.disconnected, 36u);
  world.loop.advance(seconds(1));
  EXPECT_EQ(world.auth.disconnected, 100u);
}

TEST(Session, CancelsAnExchangeThatTheClientLeaves) {
  World world;
  world.auth.plain_mechanisms = {"LOGIN"};
  StreamPtr client = world.connect(Role::Mx);
  talk(world, *client, "EHLO c\r\nAUTH LOGIN\r\n");
  client.reset();
  world.run();
  EXPECT_EQ(world.auth.cancelled, 1u);
  EXPECT_EQ(world.smtpd->sessions(), 0u);
}

TEST(Smtpd, RefusesMoreSessionsThanItMayHave) {
  WorldOptions options;
  options.settings.max_sessions = 10;
  World world(options);
  std::vector<StreamPtr> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(world.connect(Role::Mx));
  const StreamPtr eleventh = world.connect(Role::Mx);
  EXPECT_EQ(talk(world, *eleventh, ""), "421 4.3.2 mx.example.test has too many sessions, try again later\r\n");
  clients.pop_back();
  world.run();
  EXPECT_EQ(talk(world, *world.connect(Role::Mx), ""), "220 mx.example.test ESMTP\r\n");
}

TEST(Smtpd, AnswersLaterWhenBodiesFillTheMemory) {
  WorldOptions options;
  options.settings.max_memory_for_bodies = 10'000;
  World world(options);
  const StreamPtr first = world.connect(Role::Mx), second = world.connect(Role::Mx);
  talk(world, *first, std::string(envelope) + "DATA\r\n" + wire_message(20'000));
  EXPECT_NE(talk(world, *second, std::string(envelope) + "DATA\r\n").find("452 4.3.1 Too many messages"), std::string::npos);
  talk(world, *first, ".\r\n");
  EXPECT_NE(talk(world, *second, "DATA\r\n").find("354"), std::string::npos);
}

Task<> drained(Smtpd& smtpd, Deadline deadline, std::optional<bool>& clean) { clean = co_await smtpd.drain(deadline); }

TEST(Smtpd, DrainsPolitely) {
  World world;
  const StreamPtr idle = world.connect(Role::Mx), busy = world.connect(Role::Mx);
  talk(world, *idle, "EHLO c\r\n");
  talk(world, *busy, std::string(envelope) + "DATA\r\nSubject: x\r\n");
  std::optional<bool> clean;
  Task<> drain = drained(*world.smtpd, world.loop.in(minutes(30)), clean);
  drain.start();
  EXPECT_EQ(talk(world, *idle, ""), "421 4.3.2 mx.example.test is going down, try again\r\n");
  EXPECT_FALSE(clean);
  const std::string last = talk(world, *busy, "\r\n.\r\n");
  EXPECT_NE(last.find("250 2.0.0 queued"), std::string::npos);
  EXPECT_NE(last.find("421 4.3.2"), std::string::npos);
  EXPECT_EQ(clean, true);
  EXPECT_EQ(world.queue.messages.size(), 1u);
}

TEST(Smtpd, DrainSaysWhenSomethingWasCutOff) {
  World world;
  const StreamPtr busy = world.connect(Role::Mx);
  talk(world, *busy, std::string(envelope) + "DATA\r\nSubject: x\r\n");
  std::optional<bool> clean;
  Task<> drain = drained(*world.smtpd, world.loop.in(seconds(5)), clean);
  drain.start();
  world.loop.advance(seconds(6));
  EXPECT_EQ(clean, false);
}

TEST(Smtpd, MayBeDestroyedWhileEverythingRuns) {
  World world;
  const StreamPtr waiting = world.connect(Role::Mx), sending = world.connect(Role::Mx), asking = world.connect(Role::Mx);
  talk(world, *sending, std::string(envelope) + "DATA\r\n" + wire_message(200'000));
  world.auth.silent = true;
  talk(world, *asking, envelope);
  const StreamPtr greeting = world.connect(Role::Mx);
  world.smtpd.reset();
  world.run();
}

TEST(Smtpd, OldSettingsGoOnWhenNewOnesAreWrong) {
  World world;
  SmtpdSettings open;
  open.relay_networks = {"0.0.0.0/0"};
  EXPECT_NE(world.smtpd->reload(encode_settings(open)).error, "");
  EXPECT_NE(world.smtpd->reload("nonsense").error, "");
  SmtpdSettings small;
  small.max_message_size = 100'000;
  EXPECT_EQ(world.smtpd->reload(encode_settings(small)).error, "");
  EXPECT_NE(talk(world, *world.connect(Role::Mx), "EHLO c\r\n").find("SIZE 100000"), std::string::npos);
}

TEST(Smtpd, CountsWhatItDoes) {
  World world;
  const StreamPtr client = world.connect(Role::Mx);
  talk(world, *client, std::string(envelope) + "RCPT TO:<nobody@example.test>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n");
  const std::string text = world.metrics.text();
  EXPECT_NE(text.find("courier_smtpd_messages_accepted_total 1\n"), std::string::npos);
  EXPECT_NE(text.find("courier_smtpd_commands_rejected_total 1\n"), std::string::npos);
  EXPECT_NE(text.find("courier_smtpd_sessions 1\n"), std::string::npos);
}

}  // namespace
}  // namespace courier::smtpd::testing
