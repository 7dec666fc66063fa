// Who may ask what: every message that is not a peer's own closes its channel, and what is its own is bounded to what it owns.
#include "contracts/submit.h"
#include "daemons/auth/auth_fixture.h"

namespace courier::auth {
namespace {

class AuthorityTest : public testing::Test, public AuthFixture {
 protected:
  // Whether auth answers that request on the channel of `peer`.
  template <class Request>
  bool answers(const std::string& peer, Request request) {
    connect(peer);
    const bool answered = call(peer, std::move(request), seconds(1)).has_value();
    EXPECT_EQ(answered, !at(peer).closed()) << peer << ' ' << Request::name;
    return answered;
  }
};

TEST_F(AuthorityTest, EachRoleHasItsOwnQuestions) {
  struct Row {
    const char* peer;
    bool connects, signs_in, looks_up, expands, asks_accounts;
  };
  for (const Row& row : {Row{"front", true, true, false, false, false}, Row{"smtpd-mx", true, false, true, false, false},
                         Row{"smtpd-submission", true, true, true, false, false}, Row{"smtpd-inject", true, false, true, false, false},
                         Row{"queue", false, false, false, true, false}, Row{"mailbox:v0", false, false, false, false, true},
                         Row{"esmtp", false, false, false, false, false}, Row{"frontier", false, false, false, false, false}}) {
    EXPECT_EQ(answers(row.peer, Connected{Service::Imap, "192.0.2.1"}), row.connects) << row.peer;
    EXPECT_EQ(answers(row.peer, SaslBegin{}), row.signs_in) << row.peer;
    EXPECT_EQ(answers(row.peer, SaslContinue{}), row.signs_in) << row.peer;
    EXPECT_EQ(answers(row.peer, directory::Lookup{"ann@example.test"}), row.looks_up) << row.peer;
    EXPECT_EQ(answers(row.peer, directory::Expand{"ann@example.test", {}, 10}), row.expands) << row.peer;
    EXPECT_EQ(answers(row.peer, directory::Account{"ann@example.test"}), row.asks_accounts) << row.peer;
    EXPECT_FALSE(answers(row.peer, control::EnsureMailbox{1000, 1000, "/"})) << row.peer;
    EXPECT_FALSE(answers(row.peer, control::Ask{"account list", {}})) << row.peer;
    EXPECT_FALSE(answers(row.peer, mailbox::Grant{})) << row.peer;
    EXPECT_FALSE(answers(row.peer, submit::Cancel{})) << row.peer;
  }
}

TEST_F(AuthorityTest, AMailboxLearnsOfItsOwnAccountsOnly) {
  connect("mailbox:v0");
  connect("mailbox:v1");
  connect("mailbox:u1000");
  ask("account add", {"sys@example.test", "uid=1000", "gid=1000", "home=/home/sys"});
  for (const char* address : {"ann@example.test", "bob@example.test", "sys@example.test"}) {
    std::string owners;
    for (const char* peer : {"mailbox:v0", "mailbox:v1", "mailbox:u1000"}) {
      const auto reply = call(peer, directory::Account{address});
      ASSERT_TRUE(reply);
      if (reply->found) owners += peer;
      EXPECT_EQ(reply->found, !reply->maildir.empty());
    }
    accounts::Account account;
    account.address = address;
    account.uid = std::string(address).starts_with("sys") ? 1000 : 0;
    EXPECT_EQ(ask("explain", {address}).json.find("\"mailbox\":\"" + owners + "\"") != std::string::npos, true) << owners;
  }
}

TEST_F(AuthorityTest, ServicesBelongToRoles) {
  for (const char* peer : {"front", "smtpd-mx", "smtpd-submission"}) connect(peer);
  EXPECT_FALSE(arrive("front", Service::Submission).allowed);
  EXPECT_FALSE(arrive("smtpd-mx", Service::Imap).allowed);
  EXPECT_FALSE(arrive("smtpd-submission", Service::Pop3).allowed);
  // Not for another service than the connection's, either.
  EXPECT_EQ(plain("front", arrive("front", Service::Imap), Service::Pop3, "ann", "secret").step, Step::Refused);
}

TEST_F(AuthorityTest, NobodyUsesTheConnectionOfAnother) {
  connect("front");
  connect("smtpd-submission");
  const auto connection = arrive("smtpd-submission", Service::Submission);
  EXPECT_EQ(plain("front", connection, Service::Submission, "ann", "secret").step, Step::Refused);
  SaslBegin begin;
  begin.connection = connection.connection;
  begin.service = Service::Submission;
  begin.mechanism = "LOGIN";
  begin.tls = true;
  const auto challenge = *call("smtpd-submission", begin);
  ASSERT_EQ(challenge.step, Step::Challenge);
  EXPECT_EQ(call("front", SaslContinue{challenge.exchange, false, "ann"})->step, Step::Refused);
  notify("front", Disconnected{connection.connection});
  EXPECT_EQ(call("smtpd-submission", SaslContinue{challenge.exchange, false, "ann"})->step, Step::Challenge);
}

TEST_F(AuthorityTest, OneSignInAConnection) {
  connect("front");
  connect("mailbox:v0");
  connect("mailbox:v1");
  const auto connection = arrive("front", Service::Imap);
  EXPECT_EQ(plain("front", connection, Service::Imap, "ann", "secret").step, Step::Success);
  EXPECT_EQ(plain("front", connection, Service::Imap, "bob", "hidden").step, Step::Refused);
  notify("front", Disconnected{connection.connection});
  EXPECT_EQ(plain("front", connection, Service::Imap, "bob", "hidden").step, Step::Refused);
}

}  // namespace
}  // namespace courier::auth
