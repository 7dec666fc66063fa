#include <gtest/gtest.h>

#include "wire/dsn/notification.h"
#include "wire/dsn/status.h"

namespace courier::dsn {
namespace {

Status example() {
  Status status;
  status.original_envelope_id = "order-17";
  status.reporting_mta = {"dns", "our.test"};
  status.received_from_mta = Typed{"dns", "mx.sender.test (mail.sender.test [192.0.2.7])"};
  status.arrival_date = "Mon, 05 Jan 2026 10:00:01 +0000";
  RecipientStatus bob;
  bob.original_recipient = Typed{"rfc822", "bob@old.test"};
  bob.final_recipient = {"rfc822", "bob@remote.test"};
  bob.action = Action::Failed;
  bob.status = "5.1.1";
  bob.remote_mta = Typed{"dns", "mx.remote.test [203.0.113.9]"};
  bob.diagnostic_code = Typed{"smtp", "550 5.1.1 No such user"};
  status.recipients.push_back(bob);
  RecipientStatus eve;
  eve.final_recipient = {"rfc822", "eve@late.test"};
  eve.action = Action::Delayed;
  eve.status = "4.4.1";
  eve.will_retry_until = "Mon, 12 Jan 2026 10:00:01 +0000";
  status.recipients.push_back(eve);
  return status;
}

TEST(Status, IsWrittenAsRfc3464Says) {
  EXPECT_EQ(write(example()),
            "Original-Envelope-Id: order-17\n"
            "Reporting-MTA: dns; our.test\n"
            "Received-From-MTA: dns; mx.sender.test (mail.sender.test [192.0.2.7])\n"
            "Arrival-Date: Mon, 05 Jan 2026 10:00:01 +0000\n"
            "\n"
            "Original-Recipient: rfc822; bob@old.test\n"
            "Final-Recipient: rfc822; bob@remote.test\n"
            "Action: failed\n"
            "Status: 5.1.1\n"
            "Remote-MTA: dns; mx.remote.test [203.0.113.9]\n"
            "Diagnostic-Code: smtp; 550 5.1.1 No such user\n"
            "\n"
            "Final-Recipient: rfc822; eve@late.test\n"
            "Action: delayed\n"
            "Status: 4.4.1\n"
            "Will-Retry-Until: Mon, 12 Jan 2026 10:00:01 +0000\n");
}

TEST(Status, IsReadBack) {
  const auto again = parse_status(write(example()));
  ASSERT_TRUE(again) << again.error().expected;
  EXPECT_EQ(*again, example());
}

TEST(Status, FoldedFieldsAndLineBreaksBecomeOneLine) {
  Status status = example();
  status.recipients[0].diagnostic_code->text = "550-No\n550 such\r\nuser";
  const auto again = parse_status(write(status));
  EXPECT_EQ(again->recipients[0].diagnostic_code->text, "550-No 550 such user");
  const auto folded =
      parse_status("Reporting-MTA: dns;\r\n  our.test\r\n\r\nFinal-Recipient: RFC822;a@b\r\nAction: FAILED\r\nStatus: 5.0.0 (no)\r\n");
  ASSERT_TRUE(folded) << folded.error().expected;
  EXPECT_EQ(folded->reporting_mta.text, "our.test");
  EXPECT_EQ(folded->recipients[0].status, "5.0.0");
}

TEST(Status, RefusesWhatIsNone) {
  const struct {
    const char* text;
    const char* expected;
  } cases[] = {
      {"", "per-message and per-recipient fields"},
      {"Reporting-MTA: dns; a\n", "per-message and per-recipient fields"},
      {"Arrival-Date: x\n\nFinal-Recipient: rfc822;a@b\nAction: failed\nStatus: 5.0.0\n", "Reporting-MTA"},
      {"Reporting-MTA: a\n\nFinal-Recipient: rfc822;a@b\n", "mta-name-type \";\" mta-name"},
      {"Reporting-MTA: dns;a\n\nFinal-Recipient: a@b\n", "address-type \";\" address"},
      {"Reporting-MTA: dns;a\n\nFinal-Recipient: rfc822;a@b\nAction: eaten\nStatus: 5.0.0\n", "Action"},
      {"Reporting-MTA: dns;a\n\nFinal-Recipient: rfc822;a@b\nAction: failed\nStatus: 5.0\n", "status-code"},
      {"Reporting-MTA: dns;a\n\nFinal-Recipient: rfc822;a@b\nAction: failed\n", "Status"},
      {"Reporting-MTA: dns;a\nno field\n\n", "field-name \":\""},
      {" folded first\n", "a field"},
  };
  for (const auto& one : cases) {
    const auto status = parse_status(one.text);
    ASSERT_FALSE(status) << one.text;
    EXPECT_STREQ(status.error().expected, one.expected) << one.text;
  }
  EXPECT_FALSE(parse_status(write(example()), {.bytes = 100}));
  EXPECT_FALSE(parse_status(write(example()), {.recipients = 1}));
}

TEST(Status, AddressesThatNeedUtf8) {
  EXPECT_EQ(address_field("ann@example.org", false), (Typed{"rfc822", "ann@example.org"}));
  EXPECT_EQ(address_field("bär@example.org", true), (Typed{"utf-8", "bär@example.org"}));
  EXPECT_EQ(address_field("bär+1@example.org", false), (Typed{"utf-8", "b\\x{E4}r\\x{2B}1@example.org"}));
}

Notification notification(std::string_view original) {
  Notification n;
  n.from = "\"Courier mail server at our.test\" <postmaster@our.test>";
  n.to = "ann@sender.test";
  n.subject = "NOTICE: mail delivery status.";
  n.date = "Mon, 05 Jan 2026 10:00:02 +0000";
  n.message_id = "1@our.test";
  n.text = "Your message was not delivered.\n";
  n.status = example();
  n.original = original;
  return n;
}

TEST(Notification, HasThreeParts) {
  const std::string text = write(notification("Subject: hi\n"));
  EXPECT_EQ(text.substr(0, text.find("\n\n") + 2),
            "From: \"Courier mail server at our.test\" <postmaster@our.test>\n"
            "To: <ann@sender.test>\n"
            "Subject: NOTICE: mail delivery status.\n"
            "Date: Mon, 05 Jan 2026 10:00:02 +0000\n"
            "Message-ID: <1@our.test>\n"
            "Auto-Submitted: auto-replied\n"
            "MIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status;\n boundary=\"=_courier_00000000\"\n\n");
  EXPECT_NE(text.find("\n--=_courier_00000000\nContent-Type: text/plain; charset=utf-8\n\nYour message was not delivered.\n"),
            std::string::npos);
  EXPECT_NE(text.find("\n--=_courier_00000000\nContent-Type: message/delivery-status\n\nOriginal-Envelope-Id"), std::string::npos);
  EXPECT_NE(text.find("\n--=_courier_00000000\nContent-Type: text/rfc822-headers\n\nSubject: hi\n\n--=_courier_00000000--\n"),
            std::string::npos);
  EXPECT_EQ(text.find("8bit"), std::string::npos);
}

TEST(Notification, ItsBoundaryOccursNowhereElse) {
  Notification n = notification("Subject: hi\n\n--=_courier_00000000\n--=_courier_00000001--\n");
  n.whole = true;
  const std::string text = write(n);
  EXPECT_NE(text.find("boundary=\"=_courier_00000002\""), std::string::npos);
  EXPECT_NE(text.find("Content-Type: message/rfc822\n\nSubject: hi"), std::string::npos);
}

// A message made to hold every boundary there is costs no more than any other.
TEST(Notification, ManyBoundariesInTheOriginalCostOnePass) {
  std::string original = "Subject: hi\n\n";
  for (int i = 100'000; i-- > 0;) original += "--=_courier_" + std::string(8 - std::to_string(i).size(), '0') + std::to_string(i) + '\n';
  Notification n = notification(original);
  n.whole = true;
  const std::string text = write(n);
  EXPECT_NE(text.substr(0, 1000).find("boundary=\"=_courier_00100000\""), std::string::npos);
}

TEST(Notification, Utf8UsesTheGlobalTypes) {
  Notification n = notification("Subject: hällo\n");
  n.global = true;
  std::string text = write(n);
  EXPECT_NE(text.find("Content-Type: message/global-delivery-status\n"), std::string::npos);
  EXPECT_NE(text.find("Content-Type: message/global-headers\nContent-Transfer-Encoding: 8bit\n"), std::string::npos);
  n.whole = true;
  EXPECT_NE(write(n).find("Content-Type: message/global\n"), std::string::npos);
}

TEST(Notification, TheHeaderEndsAtTheFirstEmptyLine) {
  EXPECT_EQ(header_of("A: b\nC: d\n\nbody\n\nmore"), "A: b\nC: d\n");
  EXPECT_EQ(header_of("A: b\n"), "A: b\n");
  EXPECT_EQ(header_of("\nbody"), "");
}

}  // namespace
}  // namespace courier::dsn
