#include "wire/imap/search.h"

#include "daemons/mailbox/imap/testing.h"

namespace courier::mailbox {
namespace {

// Five messages; which of them each key finds.
class SearchTest : public ImapTest {
 protected:
  SearchTest() {
    append("INBOX",
           "From: Ann Bell <ann@far.test>\r\nTo: list@example.test\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n aus Wien\r\n"
           "Date: Sun, 04 Jan 2026 23:30:00 -0500\r\n\r\nSchönen Tag\r\n",
           "(\\Seen) \" 1-Jan-2026 00:00:00 +0000\"");
    append(
        "INBOX",
        "From: bob@far.test\r\nCc: carol@example.test\r\nSubject: two\r\nDate: 6 Jan 2026 01:00:00 +0000\r\n"
        "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nZwei Stra=DFen =\r\nweiter\r\n",
        "(\\Flagged \\Answered $Work) \" 2-Jan-2026 12:00:00 +0000\"");
    append("INBOX",
           "From: dave@far.test\r\nBcc: eve@example.test\r\nX-Odd: value one\r\nX-Odd: value two\r\n"
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
           "aGlkZGVuIHdvcmQ=\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\nbinary needle\r\n--b--\r\n",
           "(\\Deleted) \" 3-Jan-2026 23:59:59 +0000\"");
    append("INBOX", "Subject: draft\r\n\r\n", "(\\Draft)");
    append("INBOX", "Subject: large\r\n\r\n" + large, "");
    say("s SELECT INBOX");
  }
  std::string found(std::string_view keys) {
    std::string answer = say("a SEARCH " + std::string(keys));
    const std::string head = "* SEARCH";
    if (!answer.starts_with(head)) return answer;
    const std::string numbers = answer.substr(head.size(), answer.find("\r\n") - head.size());
    return numbers.empty() ? "" : numbers.substr(1);
  }
  std::string large = std::string(140'000, 'x') + " needle at the end\r\n";
};

// Both speak UTC: the day that a client is shown is the one under which it finds the message.
TEST_F(SearchTest, DaysAreThoseOfTheInternalDateAsShown) {
  append("INBOX", "Subject: late\r\n\r\n", "\" 8-Jan-2026 23:30:00 -0500\"");
  EXPECT_TRUE(say("a FETCH 6 INTERNALDATE").find("INTERNALDATE \" 9-Jan-2026 04:30:00 +0000\"") != std::string::npos);
  EXPECT_EQ(found("ON 9-Jan-2026 6"), "6");
  EXPECT_EQ(found("ON 8-Jan-2026 6"), "");
  EXPECT_EQ(found("SINCE 9-Jan-2026 6"), "6");
  EXPECT_EQ(found("BEFORE 9-Jan-2026 6"), "");
}

TEST_F(SearchTest, EveryKey) {
  const struct {
    const char *keys, *numbers;
  } cases[] = {
      {"ALL", "1 2 3 4 5"},
      {"2:3", "2 3"},
      {"*", "5"},
      {"4:2,1", "1 2 3 4"},
      {"UID 1:*", "1 2 3 4 5"},
      {"UID 99999", ""},
      {"ANSWERED", "2"},
      {"UNANSWERED", "1 3 4 5"},
      {"DELETED", "3"},
      {"UNDELETED", "1 2 4 5"},
      {"DRAFT", "4"},
      {"UNDRAFT", "1 2 3 5"},
      {"FLAGGED", "2"},
      {"UNFLAGGED", "1 3 4 5"},
      {"SEEN", "1"},
      {"UNSEEN", "2 3 4 5"},
      {"KEYWORD $work", "2"},
      {"UNKEYWORD $Work", "1 3 4 5"},
      {"KEYWORD none", ""},
      {"BEFORE 2-Jan-2026", "1"},
      {"ON 2-Jan-2026", "2"},
      {"SINCE 2-Jan-2026 BEFORE 4-Jan-2026", "2 3"},
      {"ON 3-Jan-2026", "3"},
      // The day as the Date field has it, whatever its zone.
      {"SENTON 4-Jan-2026", "1"},
      {"SENTSINCE 6-Jan-2026", "2"},
      {"SENTBEFORE 5-Jan-2026", "1"},
      {"NOT SENTBEFORE 1-Jan-2030", "3 4 5"},
      {"LARGER 100000", "5"},
      {"SMALLER 20", "4"},
      {"SMALLER 18", ""},
      {"LARGER 17 SMALLER 19", "4"},
      {"FROM far.test", "1 2 3"},
      {"FROM \"ann bell\"", "1"},
      {"TO list@", "1"},
      {"CC CAROL", "2"},
      {"BCC eve", "3"},
      {"SUBJECT \"aus wien\"", "1"},
      {"HEADER X-Odd \"two\"", "3"},
      {"HEADER X-Odd \"\"", "3"},
      {"HEADER Subject \"\"", "1 2 4 5"},
      {"HEADER X-None \"\"", ""},
      {"BODY \"zwei\"", "2"},
      {"BODY \"weiter\"", "2"},
      {"BODY hidden", "3"},
      {"BODY \"binary needle\"", ""},
      {"BODY needle", "5"},
      {"BODY Subject", ""},
      {"TEXT \"subject: large\"", "5"},
      {"TEXT needle", "5"},
      {"TEXT \"hidden word\"", "3"},
      {"NOT SEEN NOT DRAFT", "2 3 5"},
      {"OR SEEN DRAFT", "1 4"},
      {"OR (SEEN DELETED) (FLAGGED ANSWERED)", "2"},
      {"OR FROM ann BODY needle", "1 5"},
      {"NOT (OR SEEN FROM bob)", "3 4 5"},
      {"CHARSET us-ascii SUBJECT two", "2"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(found(c.keys), c.numbers) << c.keys;
  }
}

TEST_F(SearchTest, TextInAnyCharset) {
  EXPECT_EQ(found("CHARSET UTF-8 SUBJECT {7+}\r\nGRÜßE"), "1");
  EXPECT_EQ(found("SUBJECT {7+}\r\ngrüße"), "1");
  EXPECT_EQ(found("CHARSET ISO-8859-1 BODY {7+}\r\nstra\xDF"
                  "en"),
            "2");
  EXPECT_EQ(found("CHARSET ISO-8859-1 BODY {6+}\r\nsch\xF6ne"), "1");
  EXPECT_TRUE(found("CHARSET none SUBJECT x").starts_with("a NO [BADCHARSET]"));
}

TEST_F(SearchTest, RecentOldAndNew) {
  deliver("/m/new/1767607300.M1P1.other,S=19", "Subject: new\n\nbody\n");
  say("n NOOP");
  EXPECT_EQ(found("RECENT SUBJECT new"), "6");
  EXPECT_EQ(found("NEW 6"), "6");
  EXPECT_EQ(found("OLD 6"), "");
  say("n STORE 6 +FLAGS.SILENT (\\Seen)");
  EXPECT_EQ(found("NEW 6"), "");
}

TEST_F(SearchTest, UidSearchTellsUids) {
  say("x STORE 1 +FLAGS.SILENT (\\Deleted)");
  say("x EXPUNGE");
  const std::string uids = say("a UID SEARCH SUBJECT two");
  const std::string fetched = say("a FETCH 1 UID");
  EXPECT_NE(fetched.find("UID " + uids.substr(9, uids.find('\r') - 9) + ")"), std::string::npos) << uids << fetched;
}

}  // namespace
}  // namespace courier::mailbox
