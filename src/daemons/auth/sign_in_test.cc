#include "daemons/auth/sign_in.h"

#include "daemons/auth/auth_fixture.h"
#include "wire/sasl/client.h"

namespace courier::auth {
namespace {

class SignInTest : public testing::Test, public AuthFixture {
 protected:
  SignInTest() {
    for (const char* peer : {"front", "smtpd-mx", "smtpd-submission", "queue", "mailbox:v0", "mailbox:v1"}) connect(peer);
  }

  // A whole exchange with the client's machine; the last reply.
  SaslReply scram(const ConnectedReply& connection, const std::string& mechanism, const std::string& user, const std::string& password,
                  const std::string& client_binding = {}, const std::string& server_binding = {}) {
    const auto client =
        sasl::make_client_exchange(mechanism, {user, password}, {"clientnonce123456789", client_binding, !client_binding.empty()});
    SaslBegin begin;
    begin.connection = connection.connection;
    begin.mechanism = mechanism;
    begin.has_initial = true;
    begin.initial = *client->initial();
    begin.tls = true;
    begin.channel_binding = server_binding;
    auto reply = *call("front", begin);
    while (reply.step == Step::Challenge) {
      const auto response = client->respond(reply.data);
      if (!response) {
        ADD_FAILURE() << response.error();
        break;
      }
      reply = *call("front", SaslContinue{reply.exchange, false, *response});
    }
    EXPECT_EQ(client->satisfied(), reply.step == Step::Success);
    return reply;
  }
};

TEST_F(SignInTest, PlainGrantsATicketToTheOwnersProcessFirst) {
  const auto connection = arrive("front", Service::Imap);
  ASSERT_TRUE(connection.allowed);
  const auto reply = plain("front", connection, Service::Imap, "ann@EXAMPLE.test", "secret");
  ASSERT_EQ(reply.step, Step::Success) << reply.reason;
  EXPECT_EQ(reply.account, "ann@example.test");
  ASSERT_EQ(grants.size(), 1u);
  EXPECT_EQ(grants[0].ticket, reply.ticket);
  EXPECT_NE(reply.ticket, 0u);
  EXPECT_EQ(grants[0].valid_ms, 10'000);
  EXPECT_EQ(grants[0].account, "ann@example.test");
  EXPECT_EQ(grants[0].peer, "192.0.2.1");
  EXPECT_EQ(grants[0].maildir, "/mail/example.test/ann/Maildir");
  EXPECT_TRUE(reply.mailbox == "mailbox:v0" || reply.mailbox == "mailbox:v1");
  EXPECT_TRUE(reply.senders.empty());
}

TEST_F(SignInTest, TicketsDiffer) {
  const auto first = plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret");
  const auto second = plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret");
  EXPECT_NE(first.ticket, second.ticket);
}

TEST_F(SignInTest, WrongPasswordAndUnknownUserAreToldAlike) {
  const auto answer = [&](const std::string& user, const std::string& password, const char* from) {
    const auto connection = arrive("front", Service::Imap, from);
    const Instant before = loop.now();
    const auto reply = plain("front", connection, Service::Imap, user, password);
    return to_json(reply) + std::to_string((loop.now() - before).milliseconds());
  };
  const std::string wrong = answer("ann@example.test", "wrong", "192.0.2.1");
  EXPECT_EQ(answer("nobody@example.test", "wrong", "192.0.2.2"), wrong);
  EXPECT_EQ(answer("nobody@elsewhere.test", "wrong", "192.0.2.3"), wrong);
  EXPECT_EQ(answer("not an address at all", "wrong", "192.0.2.4"), wrong);
  ask("account disable", {"bob@example.test"});
  EXPECT_EQ(answer("bob@example.test", "hidden", "192.0.2.5"), wrong);
  EXPECT_NE(wrong.find("250"), std::string::npos);
  EXPECT_TRUE(grants.empty());
}

TEST_F(SignInTest, ActingForAnotherIsDenied) {
  const auto connection = arrive("front", Service::Imap);
  SaslBegin begin;
  begin.connection = connection.connection;
  begin.mechanism = "PLAIN";
  begin.has_initial = true;
  begin.tls = true;
  begin.initial = std::string("bob@example.test") + '\0' + "ann@example.test" + '\0' + "secret";
  EXPECT_EQ(call("front", begin)->step, Step::Denied);
  begin.initial = std::string("ann@example.test") + '\0' + "ann@example.test" + '\0' + "secret";
  EXPECT_EQ(call("front", begin)->step, Step::Success);
}

TEST_F(SignInTest, ScramWithAndWithoutBinding) {
  EXPECT_EQ(scram(arrive("front", Service::Imap), "SCRAM-SHA-256", "ann@example.test", "secret").step, Step::Success);
  EXPECT_EQ(scram(arrive("front", Service::Imap), "SCRAM-SHA-256-PLUS", "ann", "secret", "bytes", "bytes").step, Step::Success);
  EXPECT_EQ(scram(arrive("front", Service::Imap), "SCRAM-SHA-256-PLUS", "ann", "secret", "bytes", "other").step, Step::Denied);
  EXPECT_EQ(scram(arrive("front", Service::Imap), "SCRAM-SHA-256", "ann", "wrong").step, Step::Denied);
  EXPECT_EQ(scram(arrive("front", Service::Imap), "SCRAM-SHA-256", "nobody", "wrong").step, Step::Denied);
  EXPECT_EQ(grants.size(), 2u);
}

TEST_F(SignInTest, AnUnknownUserGetsTheSameSaltEachTime) {
  const auto salt = [&](const char* user) {
    SaslBegin begin;
    begin.connection = arrive("front", Service::Imap).connection;
    begin.mechanism = "SCRAM-SHA-256";
    begin.has_initial = true;
    begin.initial = std::string("n,,n=") + user + ",r=nonce";
    begin.tls = true;
    const auto reply = *call("front", begin);
    EXPECT_EQ(reply.step, Step::Challenge);
    return reply.data.substr(reply.data.find(",s="));
  };
  EXPECT_EQ(salt("nobody"), salt("nobody"));
  EXPECT_NE(salt("nobody"), salt("somebody"));
  EXPECT_EQ(salt("nobody").size(), salt("ann").size());
}

TEST_F(SignInTest, ScramIsOfferedOnlyWhereEveryAccountCanUseIt) {
  const auto with = arrive("front", Service::Imap).mechanisms_tls;
  EXPECT_EQ(with, (std::vector<std::string>{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}));
  ask("account add", {"old@example.test", "password_hash={SHA}qvTGHdzF6KLavt4PO0gs2a6pQ00="});
  const auto connection = arrive("front", Service::Imap);
  EXPECT_EQ(connection.mechanisms_tls, (std::vector<std::string>{"PLAIN", "LOGIN"}));
  SaslBegin begin;
  begin.connection = connection.connection;
  begin.mechanism = "SCRAM-SHA-256";
  begin.tls = true;
  EXPECT_EQ(call("front", begin)->step, Step::Refused);
  // The old form signs in, is stored anew with a verifier, and SCRAM is back.
  EXPECT_EQ(plain("front", connection, Service::Imap, "old", "hello").step, Step::Success);
  loop.run_ready();
  EXPECT_EQ(arrive("front", Service::Imap).mechanisms_tls, with);
  EXPECT_NE(ask("account show", {"old@example.test"}).json.find("argon2id"), std::string::npos);
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "old", "hello").step, Step::Success);
}

TEST_F(SignInTest, NoPasswordWithoutTlsExceptFromThisMachine) {
  EXPECT_TRUE(arrive("front", Service::Imap).mechanisms_plain.empty());
  EXPECT_EQ(arrive("front", Service::Imap, "::1").mechanisms_plain, (std::vector<std::string>{"SCRAM-SHA-256", "PLAIN", "LOGIN"}));
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret", false).step, Step::Refused);
  EXPECT_EQ(plain("front", arrive("front", Service::Imap, "127.0.0.1"), Service::Imap, "ann", "secret", false).step, Step::Success);
  EXPECT_TRUE(arrive("smtpd-mx", Service::Smtp, "127.0.0.1").mechanisms_tls.empty());
}

TEST_F(SignInTest, LoginMechanismAndCancelling) {
  const auto connection = arrive("front", Service::Pop3);
  SaslBegin begin;
  begin.connection = connection.connection;
  begin.service = Service::Pop3;
  begin.mechanism = "LOGIN";
  begin.tls = true;
  auto reply = *call("front", begin);
  EXPECT_EQ(reply.data, "Username:");
  reply = *call("front", SaslContinue{reply.exchange, true, {}});
  EXPECT_EQ(reply.step, Step::Denied);
  reply = *call("front", begin);
  const auto old = reply.exchange;
  reply = *call("front", SaslContinue{reply.exchange, false, "ann"});
  EXPECT_EQ(call("front", SaslContinue{old, false, "ann"})->step, Step::Refused);
  reply = *call("front", SaslContinue{reply.exchange, false, "secret"});
  EXPECT_EQ(reply.step, Step::Success);
  EXPECT_EQ(grants.back().service, Service::Pop3);
}

TEST_F(SignInTest, OptionsOfTheAccount) {
  ask("account set", {"ann@example.test", "options=disableimap=1,disableinsecurepop3=yes"});
  const auto imap = plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret");
  EXPECT_EQ(imap.step, Step::Refused);
  EXPECT_EQ(imap.reason, "IMAP access disabled for this account.");
  const auto pop3 = plain("front", arrive("front", Service::Pop3, "127.0.0.1"), Service::Pop3, "ann", "secret", false);
  EXPECT_EQ(pop3.reason, "POP3 access disabled via insecure connection.");
  EXPECT_EQ(plain("front", arrive("front", Service::Pop3), Service::Pop3, "ann", "secret").step, Step::Success);
  // Who does not know the password learns nothing.
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "wrong").step, Step::Denied);
}

TEST_F(SignInTest, SubmissionTellsWhoTheAccountMaySendAs) {
  ask("alias add", {"staff", "ann", "bob"});
  ask("alias add", {"@example.test", "ann"});
  const auto connection = arrive("smtpd-submission", Service::Submission);
  const auto reply = plain("smtpd-submission", connection, Service::Submission, "ann", "secret");
  ASSERT_EQ(reply.step, Step::Success);
  EXPECT_EQ(reply.senders, (std::vector<std::string>{"ann@example.test", "@example.test", "staff@example.test"}));
  EXPECT_TRUE(reply.mailbox.empty());
  EXPECT_TRUE(grants.empty());
}

TEST_F(SignInTest, ChangedPasswordCountsAtOnce) {
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret").step, Step::Success);
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret").step, Step::Success);
  ask("account password", {"ann@example.test", "newer"});
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret").step, Step::Denied);
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "newer").step, Step::Success);
}

TEST_F(SignInTest, SystemAccountsGetAProcessOfTheirOwn) {
  ask("account set", {"ann@example.test", "uid=1000", "gid=1001", "home=/home/ann"});
  const auto reply = plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret");
  ASSERT_EQ(reply.step, Step::Success) << reply.reason;
  EXPECT_EQ(reply.mailbox, "mailbox:u1000");
  ASSERT_EQ(ensured.size(), 1u);
  EXPECT_EQ(ensured[0].uid, 1000u);
  EXPECT_EQ(ensured[0].root, "/home/ann");
  // It runs now.
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret").step, Step::Success);
  EXPECT_EQ(ensured.size(), 1u);
  // It may be idle by then: the supervisor must know that it is wanted.
  loop.advance(seconds(1));
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret").step, Step::Success);
  EXPECT_EQ(ensured.size(), 2u);
}

TEST_F(SignInTest, MailboxThatRefusesIsATemporaryProblem) {
  mailbox_accepts = false;
  const auto connection = arrive("front", Service::Imap);
  EXPECT_EQ(plain("front", connection, Service::Imap, "ann", "secret").step, Step::Unavailable);
  mailbox_accepts = true;
  EXPECT_EQ(plain("front", connection, Service::Imap, "ann", "secret").step, Step::Success);
}

TEST_F(SignInTest, SessionsAreCountedUntilTheirEnd) {
  AuthSettings settings = cheap();
  settings.sessions_per_account = 1;
  EXPECT_TRUE(auth->reload(encode_settings(settings)).error.empty());
  const auto first = arrive("front", Service::Imap);
  const auto opened = plain("front", first, Service::Imap, "ann", "secret");
  ASSERT_EQ(opened.step, Step::Success);
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret").step, Step::Refused);
  // The mailbox process that it was granted to reports its end; another one may not.
  notify(opened.mailbox == "mailbox:v0" ? "mailbox:v1" : "mailbox:v0", Disconnected{first.connection});
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret").step, Step::Refused);
  notify(opened.mailbox, Disconnected{first.connection});
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Imap, "ann", "secret").step, Step::Success);
}

TEST_F(SignInTest, ARestartedPeerHasNoConnections) {
  (void)arrive("front", Service::Imap);
  (void)arrive("smtpd-mx", Service::Smtp);
  const auto signed_in = arrive("front", Service::Imap);
  const auto reply = plain("front", signed_in, Service::Imap, "ann", "secret");
  const auto connections = [&] { return ask("limits").json.substr(0, 17); };
  EXPECT_EQ(connections(), R"({"connections":3,)");
  connect("front");
  EXPECT_EQ(connections(), R"({"connections":2,)");
  connect(reply.mailbox);
  EXPECT_EQ(connections(), R"({"connections":1,)");
}

TEST_F(SignInTest, ReloadTellsWhatWaitsForARestart) {
  AuthSettings settings = cheap();
  settings.password_memory *= 2;
  settings.without_tls = "never";
  EXPECT_EQ(auth->reload(encode_settings(settings)).needs_restart, std::vector<std::string>{"password_memory"});
  EXPECT_TRUE(arrive("front", Service::Imap, "::1").mechanisms_plain.empty());
  EXPECT_NE(auth->reload("nonsense").error, "");
}

TEST_F(SignInTest, GuessersAreBanned) {
  AuthSettings settings = cheap();
  settings.failures_before_ban = 3;
  (void)auth->reload(encode_settings(settings));
  const auto connection = arrive("front", Service::Imap);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(plain("front", connection, Service::Imap, "ann", "wrong").step, Step::Denied);
  // Not even the right password helps now.
  EXPECT_EQ(plain("front", connection, Service::Imap, "ann", "secret").step, Step::Denied);
  EXPECT_FALSE(arrive("smtpd-submission", Service::Submission).allowed);
  EXPECT_TRUE(arrive("smtpd-submission", Service::Submission, "192.0.2.2").allowed);
  EXPECT_NE(ask("limits").json.find(R"("address":"192.0.2.1")"), std::string::npos);
  EXPECT_EQ(ask("limits forget", {"192.0.2.1"}).status, 0);
  EXPECT_EQ(plain("front", connection, Service::Imap, "ann", "secret").step, Step::Success);
  EXPECT_NE(ask("limits forget", {"192.0.2.77"}).status, 0);
}

}  // namespace
}  // namespace courier::auth
