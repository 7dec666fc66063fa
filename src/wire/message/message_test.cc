#include <gtest/gtest.h>

#include "wire/message/address.h"
#include "wire/message/field.h"
#include "wire/message/mail_date.h"
#include "wire/message/mime.h"
#include "wire/message/structure.h"
#include "wire/message/wire_offsets.h"

namespace courier::message {
namespace {

TEST(Field, TakesThemOneByOne) {
  std::string_view header = "A: 1\r\nB : two\n\tfolded\nnonsense\nC:\n\nbody: x\n";
  std::string seen;
  while (const auto field = take_field(header)) seen += "[" + std::string(field->name) + "=" + unfold(field->value) + "]";
  EXPECT_EQ(seen, "[A=1][B=two\tfolded][=nonsense][C=]");
  EXPECT_EQ(header, "\nbody: x\n");
}

std::string show(const std::vector<Address>& list) {
  std::string out;
  const auto put = [&](const std::optional<std::string>& text) { out += text ? "'" + *text + "' " : "- "; };
  for (const auto& a : list) put(a.name), put(a.route), put(a.mailbox), put(a.host), out += "| ";
  return out;
}

TEST(Address, Table) {
  const struct {
    const char *in, *out;
  } cases[] = {
      {"a@b.c", "- - 'a' 'b.c' | "},
      {"Fred Foobar <foobar@Blurdybloop.example>", "'Fred Foobar' - 'foobar' 'Blurdybloop.example' | "},
      {"\"Joe Q. Public\" <john.q.public@example.com>", "'Joe Q. Public' - 'john.q.public' 'example.com' | "},
      {"pete@silly.test (Pete (nested) Silly)", "'Pete (nested) Silly' - 'pete' 'silly.test' | "},
      {"A Group:Chris Jones <c@a.test>,joe@where.test;",
       "- - 'A Group' - | 'Chris Jones' - 'c' 'a.test' | - - 'joe' 'where.test' | - - - - | "},
      {"Undisclosed recipients:;", "- - 'Undisclosed recipients' - | - - - - | "},
      {"g: a@b", "- - 'g' - | - - 'a' 'b' | - - - - | "},
      {"<@a,@b:joe@c>", "- '@a,@b' 'joe' 'c' | "},
      {"\"a b\"@x, c@[192.0.2.1]", "- - 'a b' 'x' | - - 'c' '[192.0.2.1]' | "},
      {"joe . smith @ ex . org", "- - 'joe.smith' 'ex.org' | "},
      {"nohost, <>", "- - 'nohost' '' | - - '' '' | "},
      {"=?utf-8?Q?J=C3=B6?= <j@x>", "'=?utf-8?Q?J=C3=B6?=' - 'j' 'x' | "},
      {"a@b c@d, e@f", "- - 'a' 'b' | - - 'e' 'f' | "},
      {"\"unclosed <a@b>", "- - 'unclosed <a@b>' '' | "},
      {",,;", ""},
      {"", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(show(parse_addresses(c.in)), c.out) << c.in;
}

TEST(MailDate, Table) {
  const struct {
    const char *in, *utc;
  } cases[] = {
      {"Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06.000000Z"},
      {"21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06.000000Z"},
      {"Thu, 13 Feb 1969 23:32 -0330 (Newfoundland)", "1969-02-14T03:02:00.000000Z"},
      {"1 Jan 2026", "2026-01-01T00:00:00.000000Z"},
      {"Mon 5-Jan-2026 10:00:01 EST", "2026-01-05T15:00:01.000000Z"},
      {"5 January 26 10:00:01 nowhere", "2026-01-05T10:00:01.000000Z"},
      {"31 Feb 2026 10:00:00 +0000", nullptr},
      {"yesterday", nullptr},
      {"", nullptr},
  };
  for (const auto& c : cases) {
    const auto date = parse_mail_date(c.in);
    ASSERT_EQ(date.has_value(), c.utc != nullptr) << c.in;
    if (date) EXPECT_EQ(rfc3339_time(date->time()), c.utc) << c.in;
  }
}

TEST(Mime, Values) {
  const auto type = parse_mime_value(" text / PLAIN (comment); charset=\"us\\-ascii\" ; x=a b.txt;bad;y=1");
  EXPECT_EQ(type.type, "text");
  EXPECT_EQ(type.subtype, "PLAIN");
  ASSERT_EQ(type.parameters.size(), 3u);
  EXPECT_EQ(find_parameter(type.parameters, "CHARSET"), "us-ascii");
  EXPECT_EQ(find_parameter(type.parameters, "x"), "a b.txt");
  EXPECT_EQ(find_parameter(type.parameters, "y"), "1");
  EXPECT_EQ(parse_mime_value("").type, "");
  EXPECT_EQ(parse_languages("en, de-AT ,,x"), (std::vector<std::string>{"en", "de-AT", "x"}));
}

Structure structure_of(std::string_view message, std::size_t piece, const StructureLimits& limits = {}) {
  StructureParser parser(limits);
  for (std::size_t at = 0; at < message.size(); at += piece) parser.write(message.substr(at, piece));
  return parser.finish();
}

// The tree with what stands in each body.
std::string show(const Structure& s, std::string_view message, std::uint32_t at = 0) {
  const Part& part = s.parts[at];
  std::string out = part.type + "/" + part.subtype;
  if (part.kind == Part::Kind::Leaf) {
    out += "<" + std::string(message.substr(part.body_begin, part.body_end - part.body_begin)) + ">";
    out += std::to_string(part.body_size) + ":" + std::to_string(part.body_lines);
    return out;
  }
  out += "{";
  for (std::uint32_t i = at + 1; i < part.next; i = s.parts[i].next) out += show(s, message, i) + " ";
  return out + "}";
}

TEST(Structure, Table) {
  const struct {
    const char *in, *out;
  } cases[] = {
      {"", "text/plain<>0:0"},
      {"\n", "text/plain<>0:0"},
      {"Subject: x\n", "text/plain<>0:0"},
      {"Subject: x\n\na\nb", "text/plain<a\nb>4:1"},
      {"Subject: x\r\n\r\na\r\nb\n", "text/plain<a\r\nb\n>6:2"},
      {"Content-Type: text/html; charset=x\n\nhi\n", "text/html<hi\n>4:1"},
      {"Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: image/png\n\ntwo\n\n--b--\nepilogue\n",
       "multipart/mixed{text/plain<one>3:0 image/png<two\n>5:1 }"},
      {"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b--\n", "multipart/mixed{text/plain<>0:0 }"},
      {"Content-Type: multipart/mixed; boundary=b\n\n--b\nX: y\n--b\n\nz", "multipart/mixed{text/plain<>0:0 text/plain<z>1:0 }"},
      {"Content-Type: multipart/mixed; boundary=b\n\nnothing\n", "multipart/mixed{}"},
      {"Content-Type: multipart/mixed\n\n--b\n\nx\n", "text/plain<--b\n\nx\n>10:3"},
      {"Content-Type: multipart/mixed; boundary=b\n\n--bx\n--b \t\n\nx\n--b-- \n--b\n\ny", "multipart/mixed{text/plain<x>1:0 }"},
      // The outer boundary ends an inner part that was not closed.
      {"Content-Type: multipart/a; boundary=o\n\n--o\nContent-Type: multipart/b; boundary=i\n\n--i\n\nx\n--o\n\ny\n--i\n\nz\n--o--\n",
       "multipart/a{multipart/b{text/plain<x>1:0 } text/plain<y\n--i\n\nz>11:3 }"},
      {"Content-Type: message/rfc822\n\nSubject: in\n\nbody\n", "message/rfc822{text/plain<body\n>6:1 }"},
      {"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nAA==\n", "application/octet-stream<AA==\n>6:1"},
      {"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\nx\n--b--\n",
       "multipart/digest{message/rfc822{text/plain<x>1:0 } }"},
      {"Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n",
       "message/rfc822{multipart/mixed{text/plain<x>1:0 } }"},
      {"Content-Type: message/rfc822", "message/rfc822{text/plain<>0:0 }"},
      {"Content-Type:\n multipart/mixed;\n\tboundary=\"b b\"\n\n--b b\n\nx\n--b b--", "multipart/mixed{text/plain<x>1:0 }"},
  };
  for (const auto& c : cases) {
    for (const std::size_t piece : {1u, 3u, 1000u}) EXPECT_EQ(show(structure_of(c.in, piece), c.in), c.out) << c.in;
  }
}

TEST(Structure, SizesCountCrlf) {
  const std::string message = "A: b\nContent-Type: multipart/mixed; boundary=b\n\n--b\nX: y\n\none\ntwo\r\n--b--\n";
  const auto s = structure_of(message, 1);
  EXPECT_EQ(s.stored_size, message.size());
  EXPECT_EQ(s.wire_size, message.size() + 8);
  EXPECT_EQ(s.parts[0].header_size, 6u + 43 + 2);
  EXPECT_EQ(s.parts[1].header_size, 8u);
  EXPECT_EQ(s.parts[1].body_size, 8u);
  EXPECT_EQ(s.parts[1].body_lines, 1u);
}

TEST(Structure, FieldsOfParts) {
  const auto s = structure_of(
      "From: a@b\nTo: c@d\nto: e@f\nSubject: s\n folded\nDate: d\nMessage-ID: <1>\nContent-ID: <i>\nContent-Description: de\n"
      "Content-MD5: m\nContent-Location: http://x\nContent-Language: en\nContent-Disposition: attachment; filename=\"f\"\n"
      "Content-Transfer-Encoding: Base64\nContent-Type: a/b\nContent-Type: c/d\n\n",
      5);
  const Part& part = s.parts[0];
  ASSERT_TRUE(part.envelope);
  EXPECT_EQ(part.envelope->subject, "s folded");
  EXPECT_EQ(part.envelope->to.size(), 2u);
  EXPECT_EQ(part.envelope->sender, part.envelope->from);
  EXPECT_EQ(part.type, "a");
  EXPECT_EQ(part.encoding, "Base64");
  EXPECT_EQ(part.id, "<i>");
  EXPECT_EQ(part.md5, "m");
  EXPECT_EQ(part.disposition, "attachment");
  EXPECT_EQ(find_parameter(part.disposition_parameters, "filename"), "f");
  EXPECT_EQ(part.languages, std::vector<std::string>{"en"});
}

TEST(Structure, LimitsHold) {
  std::string deep, many = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 1000; ++i) deep += "Content-Type: message/rfc822\n\n";
  for (int i = 0; i < 100; ++i) many += "--b\n\nx\n";
  EXPECT_EQ(structure_of(deep, 100).parts.size(), 100u);
  EXPECT_EQ(structure_of(many, 100, {.parts = 10}).parts.size(), 10u);
  const std::string huge = "Subject: " + std::string(200'000, 'x') + "\n\n";
  EXPECT_LE(structure_of(huge, 1000).parts[0].envelope->subject->size(), 65'536u);
  std::string crowd;
  for (int i = 0; i < 4; ++i) {
    crowd += "To: ";
    for (int k = 0; k < 2'000; ++k) crowd += "a,";
    crowd += "a\n";
  }
  EXPECT_EQ(structure_of(crowd + "\n", 1000).parts[0].envelope->to.size(), 5'000u);
}

TEST(Structure, Cache) {
  std::string message = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nFrom: a@b\n\n";
  message += std::string(200'000, '\n') + "--b--\n";
  const auto s = structure_of(message, 7777);
  EXPECT_EQ(s.lone_lf.size(), 4u);
  EXPECT_EQ(s.lone_lf[0], 0u);
  const std::string bytes = encode_structure(s);
  EXPECT_EQ(decode_structure(bytes), s);
  for (const std::size_t cut : {0u, 1u, 50u}) EXPECT_EQ(decode_structure(bytes.substr(0, cut)), std::nullopt);
  std::string other = bytes;
  other[0] = '\x7F';
  EXPECT_EQ(decode_structure(other), std::nullopt);
  // A file that was tampered with may nest deeper than any message is read.
  Structure deep;
  deep.stored_size = 0, deep.lone_lf = {0};
  for (const std::uint32_t depth : {100u, 101u}) {
    deep.parts.assign(depth, {});
    for (Part& part : deep.parts) part.kind = Part::Kind::Multipart, part.next = depth;
    deep.parts[0].envelope.emplace();
    EXPECT_EQ(decode_structure(encode_structure(deep)).has_value(), depth == 100);
  }
}

TEST(Structure, Children) {
  const auto s = structure_of("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n\n--b\n\nx\n--b--\n", 9);
  EXPECT_EQ(child(s, 0, 1), 1u);
  EXPECT_EQ(child(s, 0, 2), 3u);
  EXPECT_EQ(child(s, 0, 3), std::nullopt);
  EXPECT_EQ(child(s, 1, 1), 2u);
  EXPECT_EQ(child(s, 3, 1), std::nullopt);
}

TEST(WireOffsets, LongTextsInPiecesOfAnySize) {
  std::string stored, wire;
  for (std::size_t i = 0; i < 3'000; ++i) stored += std::string(i % 37, 'x') + (i % 11 == 0 ? "\r\n" : i % 13 == 0 ? "\r" : "\n");
  stored += std::string(20'000, '\n');
  for (const char c : stored) {
    if (c == '\n' && !wire.ends_with('\r')) wire += '\r';
    wire += c;
  }
  for (const std::size_t size : {1u, 7u, 100u, 65'536u, 1'000'000u}) {
    CrlfWriter writer;
    std::string out;
    std::uint64_t lone = 0;
    for (std::size_t at = 0; at < stored.size(); at += size) {
      const std::string_view piece = std::string_view(stored).substr(at, size);
      lone += count_lone_lf(piece, at == 0 ? '\0' : stored[at - 1]);
      writer.write(piece, out);
    }
    EXPECT_EQ(out, wire) << size;
    EXPECT_EQ(lone, wire.size() - stored.size()) << size;
  }
}

TEST(WireOffsets, EveryPlace) {
  const std::string stored = "a\n\r\nb\r\n\n\rc";
  std::string wire;
  CrlfWriter writer;
  for (const char c : stored) writer.write({&c, 1}, wire);
  EXPECT_EQ(wire, "a\r\n\r\nb\r\n\r\n\rc");
  EXPECT_EQ(count_lone_lf(stored), 2u);
  EXPECT_EQ(count_lone_lf("\n", '\r'), 0u);
  for (std::uint64_t octets = 0; octets <= wire.size(); ++octets) {
    const auto place = find_octet(stored, octets);
    EXPECT_EQ(place.octets, octets);
    std::string front;
    CrlfWriter().write(std::string_view(stored).substr(0, place.stored), front);
    EXPECT_EQ(front + (place.inside_line_end ? "\r" : ""), wire.substr(0, octets)) << octets;
  }
  EXPECT_EQ(find_octet(stored, 1000).octets, wire.size());
}

}  // namespace
}  // namespace courier::message
