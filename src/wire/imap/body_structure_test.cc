#include "wire/imap/body_structure.h"

#include <gtest/gtest.h>

#include "wire/imap/envelope.h"

namespace courier::imap {
namespace {

message::Structure structure_of(std::string_view text) {
  message::StructureParser parser;
  parser.write(text);
  return parser.finish();
}

// The message of RFC 3501, section 8.
constexpr const char* terry =
    "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\nFrom: Terry Gray <gray@cac.washington.edu>\n"
    "Subject: IMAP4rev1 WG mtg summary and minutes\nTo: imap@cac.washington.edu\n"
    "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\nMessage-Id: <B27397-0100000@cac.washington.edu>\n"
    "MIME-Version: 1.0\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII\n\nhello\n";

TEST(Envelope, ExampleOfRfc3501) {
  std::string out;
  write_envelope(out, *structure_of(terry).parts[0].envelope);
  EXPECT_EQ(out,
            "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" "
            "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
            "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) "
            "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL "
            "\"<B27397-0100000@cac.washington.edu>\")");
}

std::string body(std::string_view text, Extended extended) {
  std::string out;
  write_body(out, structure_of(text), extended);
  return out;
}

TEST(BodyStructure, Table) {
  EXPECT_EQ(body(terry, Extended::No), "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7bit\" 7 1)");
  EXPECT_EQ(body("\nx", Extended::Yes), "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)");
  EXPECT_EQ(body("Content-Type: multipart/mixed; boundary=b\n\n", Extended::No),
            "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0) \"mixed\")");
  EXPECT_EQ(body("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: image/png\nContent-Disposition: attachment; "
                 "filename=\"a \\\"b\"\nContent-ID: <i>\nContent-Language: de, en\nContent-Transfer-Encoding: base64\n\nAA==\n--b--\n",
                 Extended::Yes),
            "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)"
            "(\"image\" \"png\" NIL \"<i>\" NIL \"base64\" 4 NIL (\"attachment\" (\"filename\" \"a \\\"b\")) (\"de\" \"en\") NIL)"
            " \"mixed\" (\"boundary\" \"b\") NIL NIL NIL)");
  EXPECT_EQ(body("Content-Type: message/rfc822\n\nSubject: \xC3\xA9\n\nx\n", Extended::No),
            "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 18 (NIL {2}\r\n\xC3\xA9 NIL NIL NIL NIL NIL NIL NIL NIL) "
            "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 1) 3)");
}

// The tree of RFC 3501, section 6.4.5: 1 text, 2 octets, 3 message (3.1 text, 3.2 octets), 4 multipart (4.1 gif, 4.2 message (text, richtext)).
constexpr const char* tree =
    "A: 0\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\none\n--o\nContent-Type: application/octet-stream\n\ntwo\n--o\n"
    "Content-Type: message/rfc822\n\nA: 3\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nthree-one\n--i\n\nthree-two\n--i--\n"
    "--o\nContent-Type: multipart/mixed; boundary=j\n\n--j\nContent-Type: image/gif\n\nfour-one\n--j\nContent-Type: message/rfc822\n\n"
    "A: 42\n\nfour-two\n--j--\n--o--\n";

TEST(FindSection, Table) {
  const auto structure = structure_of(tree);
  const struct {
    const char *section, *text;
  } cases[] = {
      {"[1]", "one"},
      {"[2]", "two"},
      {"[3.1]", "three-one"},
      {"[3.2]", "three-two"},
      {"[3.HEADER]", "A: 3\nContent-Type: multipart/mixed; boundary=i\n\n"},
      {"[3.TEXT]", "--i\n\nthree-one\n--i\n\nthree-two\n--i--"},
      {"[3.MIME]", "Content-Type: message/rfc822\n\n"},
      {"[4.1]", "four-one"},
      {"[4.1.MIME]", "Content-Type: image/gif\n\n"},
      {"[4.2.HEADER]", "A: 42\n\n"},
      {"[4.2.TEXT]", "four-two"},
      {"[4.2.1]", "four-two"},
      {"[4.2]", "A: 42\n\nfour-two"},
      {"[HEADER]", "A: 0\nContent-Type: multipart/mixed; boundary=o\n\n"},
      {"[HEADER.FIELDS (A)]", "A: 0\nContent-Type: multipart/mixed; boundary=o\n\n"},
      {"[5]", nullptr},
      {"[1.1]", nullptr},
      {"[1.HEADER]", nullptr},
      {"[4.TEXT]", nullptr},
      {"[4.2.2]", nullptr},
  };
  const Limits limits;
  for (const auto& c : cases) {
    Tokens in(c.section, limits);
    const auto place = find_section(structure, parse_section(in));
    ASSERT_EQ(place.has_value(), c.text != nullptr) << c.section;
    if (place) EXPECT_EQ(std::string(tree).substr(place->begin, place->end - place->begin), c.text) << c.section;
  }
}

TEST(FindSection, MessageThatIsNoMultipart) {
  const auto structure = structure_of("A: b\n\nx\n");
  const Limits limits;
  const auto find = [&](const char* text) {
    Tokens in(text, limits);
    return find_section(structure, parse_section(in));
  };
  EXPECT_EQ(find("[1]"), find("[TEXT]"));
  EXPECT_EQ(find("[1.MIME]"), find("[HEADER]"));
  EXPECT_EQ(find("[]"), (SectionPlace{0, 8, 11}));
  EXPECT_EQ(find("[2]"), std::nullopt);
  EXPECT_EQ(find("[1.1]"), std::nullopt);
}

}  // namespace
}  // namespace courier::imap
