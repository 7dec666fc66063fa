#include "rules/header.h"

#include <gtest/gtest.h>

#include <string>

#include "rules/header_edit.h"
#include "rules/originator.h"
#include "rules/received.h"

namespace courier::rules {
namespace {

TEST(Received, HasCouriersShape) {
  ReceivedFacts facts{.peer_name = "mx.sender.test",
                      .peer_address = "192.0.2.7",
                      .extended = true,
                      .smtputf8 = true,
                      .tls_version = "TLSv1.3",
                      .tls_cipher = "TLS_AES_256_GCM_SHA384",
                      .tls_bits = 256,
                      .host_name = "our.test",
                      .id = "m-1-2",
                      .at = wall_seconds(1767607201)};
  EXPECT_EQ(received_field(facts),
            "Received: from mx.sender.test ([192.0.2.7])\n"
            "  (TLS: TLSv1.3,256bits,TLS_AES_256_GCM_SHA384)\n"
            "  by our.test with UTF8SMTPS\n"
            "  id m-1-2; Mon, 05 Jan 2026 10:00:01 +0000\n");
  facts.smtputf8 = false;
  facts.mechanism = "PLAIN";
  facts.account = "ann@our.test";
  EXPECT_NE(received_field(facts).find("(AUTH: PLAIN ann@our.test, TLS: TLSv1.3"), std::string::npos);
  EXPECT_EQ(transmission_type(facts), "ESMTPSA");
  EXPECT_EQ(transmission_type({.extended = true}), "ESMTP");
  EXPECT_EQ(transmission_type({}), "SMTP");
  EXPECT_NE(received_field({.peer_name = "a(b)\nX: y", .host_name = "h"}).find("from a_b__X:_y (local)\n"), std::string::npos);
}

TEST(Header, FindsItsEndAndItsFields) {
  const std::string text = "Received: a\nreceived : b\nDate: x\nFrom: Ann\n <ann@x.y>\nReturn-Path: <z>\nTo: b\nMessage-Id: 1\n\nbody\n";
  const auto facts = inspect_header(text, {});
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->ended && !facts->needs_separator);
  EXPECT_EQ(text.substr(facts->size), "\nbody\n");
  EXPECT_EQ(facts->fields, 7u);
  EXPECT_EQ(facts->received, 2u);
  EXPECT_TRUE(facts->has_date && facts->has_message_id && facts->has_recipients);
  ASSERT_EQ(facts->from.size(), 1u);
  EXPECT_EQ(facts->from[0], " Ann\n <ann@x.y>");
  ASSERT_EQ(facts->return_paths.size(), 1u);
  EXPECT_TRUE(text.substr(facts->return_paths[0]).starts_with("Return-Path"));
}

TEST(Header, MayGoOnOrBeBroken) {
  EXPECT_FALSE(inspect_header("Date: x\n", {})->ended);
  EXPECT_FALSE(inspect_header("Date: x\nSubj", {})->ended);
  EXPECT_TRUE(inspect_header("\nbody", {})->ended);
  const auto broken = inspect_header("Date: x\nhello world\n", {});
  EXPECT_TRUE(broken->ended && broken->needs_separator);
  EXPECT_EQ(broken->size, 8u);
  EXPECT_TRUE(inspect_header(" folded: first\n", {})->needs_separator);
}

TEST(Header, KeepsTheLimits) {
  const HeaderLimits limits{.bytes = 60, .fields = 5, .line = 20, .received = 2};
  EXPECT_EQ(inspect_header("A: " + std::string(18, 'x') + "\n\n", limits).error(), HeaderFault::LineTooLong);
  EXPECT_EQ(inspect_header("A: " + std::string(18, 'x'), limits).error(), HeaderFault::LineTooLong);
  EXPECT_TRUE(inspect_header("A: " + std::string(17, 'x') + "\n\n", limits));
  EXPECT_EQ(inspect_header("A:\nB:\nC:\nD:\nE:\nF:\n\n", limits).error(), HeaderFault::TooManyFields);
  EXPECT_EQ(inspect_header("Received: 1\nReceived: 2\nReceived: 3\n\n", limits).error(), HeaderFault::Loop);
  EXPECT_TRUE(inspect_header("Received: 1\nReceived: 2\n\n", limits));
  std::string folded = "A: x\n";
  for (int i = 0; i < 10; ++i) folded += " xxxxxxx\n";
  EXPECT_EQ(inspect_header(folded, limits).error(), HeaderFault::TooLong);
}

std::string edited(std::string text, Completing completing) {
  const auto facts = inspect_header(text, {});
  std::string message = "Received: us\n" + text;
  edit_header(message, 13, *facts, completing, "s-1-2", "our.test", wall_seconds(1767607201));
  return message;
}

TEST(HeaderEdit, CompletesSubmissionsOnly) {
  EXPECT_EQ(edited("Subject: x\n\nb\n", Completing::Yes),
            "Received: us\nDate: Mon, 05 Jan 2026 10:00:01 +0000\nMessage-ID: <courier.s-1-2@our.test>\n"
            "To: undisclosed-recipients: ;\nSubject: x\n\nb\n");
  EXPECT_EQ(edited("Subject: x\n\nb\n", Completing::No), "Received: us\nSubject: x\n\nb\n");
  const std::string whole = "Date: d\nMessage-ID: m\nCc: c\n\nb\n";
  EXPECT_EQ(edited(whole, Completing::Yes), "Received: us\n" + whole);
}

TEST(HeaderEdit, RenamesReturnPathAndSeparatesBrokenHeaders) {
  EXPECT_EQ(edited("Return-Path: <a>\nX: y\nreturn-path: <b>\n\nb\n", Completing::No),
            "Received: us\nOld-Return-Path: <a>\nX: y\nOld-return-path: <b>\n\nb\n");
  EXPECT_EQ(edited("hello\n", Completing::No), "Received: us\n\nhello\n");
}

TEST(Originator, FindsAddresses) {
  const auto one = [](const char* text) { return addresses_of(text); };
  using List = std::vector<std::string>;
  EXPECT_EQ(one(" ann@x.y"), List{"ann@x.y"});
  EXPECT_EQ(one(" Ann Lee (me) <ann@x.y>, \"Bob, <b>\" <bob@x.y>"), (List{"ann@x.y", "bob@x.y"}));
  EXPECT_EQ(one(" Team: ann@x.y,\n bob@x.y;"), (List{"ann@x.y", "bob@x.y"}));
  EXPECT_EQ(one(" ann@x.y (a \\) (nested) b)"), List{"ann@x.y"});
  EXPECT_EQ(one(" <>"), List{""});
  EXPECT_EQ(one(" victim@bank <ann@x.y> (really)"), List{"ann@x.y"});
  EXPECT_EQ(one(" ann . lee @ x (there) . y"), List{"ann.lee@x.y"});
  EXPECT_EQ(one(" ann@[IPv6:2001:db8::1], [x <bob@x.y>"), (List{"ann@[IPv6:2001:db8::1]", "bob@x.y"}));
  EXPECT_EQ(one("\"a b\"@x.y"), List{"\"a b\"@x.y"});
}

// Pieces that a reader of mail takes for different addresses are not put together to one that the account may use.
TEST(Originator, MakesNoAddressOfPieces) {
  const std::vector<std::string> senders = {"@bank.examplemine.org", "ann@x.y"};
  for (const char* no : {"<victim@bank.example><mine.org>", "<victim@bank.example mine.org>", "victim@bank.example mine.org",
                         "victim@bank.example(,)mine.org", "<ann@x.y> trailing", "<ann@x.y", "ann@x.y (unfinished", "<ann@x.y> <ann@x.y>",
                         "\"ann@x.y", "ann@x.y>"}) {
    const auto addresses = addresses_of(no);
    ASSERT_EQ(addresses.size(), 1u) << no;
    EXPECT_FALSE(may_send_as(addresses[0], senders)) << no;
  }
}

TEST(Originator, KnowsWhoMaySendAs) {
  const std::vector<std::string> senders = {"ann@x.y", "@example.org"};
  EXPECT_TRUE(may_send_as("ann@X.Y", senders));
  EXPECT_TRUE(may_send_as("Any.One@Example.ORG", senders));
  for (const char* no : {"bob@x.y", "ann@example.net", "", "ann", "ann@sub.example.org", "<ann@x.y>"})
    EXPECT_FALSE(may_send_as(no, senders)) << no;
}

}  // namespace
}  // namespace courier::rules
