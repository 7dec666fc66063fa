#include "wire/imap/command.h"

#include <gtest/gtest.h>

#include "wire/imap/reader.h"

namespace courier::imap {
namespace {

const Limits limits;

Command parsed(std::string_view text) {
  auto command = parse_command(text, limits);
  EXPECT_TRUE(command) << text << ": expected " << (command ? "" : command.error().syntax.expected);
  return command.value_or(Command{});
}

// One canonical form for every way to write it.
TEST(Command, Table) {
  const struct {
    const char *in, *canonical;
  } cases[] = {
      {"a1 capability", "a1 CAPABILITY"},
      {"a NOOP", "a NOOP"},
      {"A.0]x LOGOUT", "A.0]x LOGOUT"},
      {"a STARTTLS", "a STARTTLS"},
      {"a login smith sesame", "a LOGIN \"smith\" \"sesame\""},
      {"a LOGIN \"a\\\"b\" p]w", "a LOGIN \"a\\\"b\" \"p]w\""},
      {"a LOGIN {5}\r\nsmith {6+}\r\nsesame", "a LOGIN \"smith\" \"sesame\""},
      {"a LOGIN \"\" {0}\r\n", "a LOGIN \"\" \"\""},
      {"a LOGIN u {3}\r\np\r\n", "a LOGIN \"u\" {3+}\r\np\r\n"},
      {"a authenticate plain", "a AUTHENTICATE PLAIN"},
      {"a AUTHENTICATE PLAIN =", "a AUTHENTICATE PLAIN ="},
      {"a AUTHENTICATE PLAIN AGEAYg==", "a AUTHENTICATE PLAIN AGEAYg=="},
      {"a ID NIL", "a ID NIL"},
      {"a ID (\"name\" \"mutt\" \"os\" NIL)", "a ID (\"name\" \"mutt\" \"os\" NIL)"},
      {"a ENABLE CONDSTORE X", "a ENABLE CONDSTORE X"},
      {"a SELECT inbox", "a SELECT \"inbox\""},
      {"a EXAMINE \"My Box\"", "a EXAMINE \"My Box\""},
      {"a CREATE x/", "a CREATE \"x/\""},
      {"a RENAME a b", "a RENAME \"a\" \"b\""},
      {"a LIST \"\" *", "a LIST \"\" \"*\""},
      {"a LSUB \"#news.\" %.*", "a LSUB \"#news.\" \"%.*\""},
      {"a STATUS x (uidnext MESSAGES)", "a STATUS \"x\" (UIDNEXT MESSAGES)"},
      {"a STATUS x UNSEEN", "a STATUS \"x\" (UNSEEN)"},
      {"a APPEND saved-messages (\\Seen) {310}", "a APPEND \"saved-messages\" (\\Seen) {310}"},
      {"a APPEND x \" 7-Jul-1996 02:44:25 -0700\" {0+}", "a APPEND \"x\" () \" 7-Jul-1996 02:44:25 -0700\" {0+}"},
      {"a APPEND {1}\r\nx () \"17-Jul-1996 02:44:25 +0530\" {9}", "a APPEND \"x\" () \"17-Jul-1996 02:44:25 +0530\" {9}"},
      {"a IDLE", "a IDLE"},
      {"a EXPUNGE", "a EXPUNGE"},
      {"a uid expunge 3000:3002", "a UID EXPUNGE 3000:3002"},
      {"a SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"", "a SEARCH FLAGGED SINCE 1-Feb-1994 NOT HEADER \"FROM\" \"Smith\""},
      {"a SEARCH CHARSET UTF-8 TEXT {6}\r\n\xC3\xA9t\xC3\xA9\x20", "a SEARCH CHARSET \"UTF-8\" TEXT {6+}\r\n\xC3\xA9t\xC3\xA9\x20"},
      {"a SEARCH OR SEEN (NEW 1:*,5) UID 3:1", "a SEARCH OR SEEN (NEW 1:*,5) UID 3:1"},
      {"a UID SEARCH SENTON \"2-Mar-2001\" LARGER 5 KEYWORD x UNKEYWORD y",
       "a UID SEARCH SENTON 2-Mar-2001 LARGER 5 KEYWORD x UNKEYWORD y"},
      {"a FETCH 1 ALL", "a FETCH 1 (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"},
      {"a FETCH 1 full", "a FETCH 1 (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)"},
      {"a FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])", "a FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (\"DATE\" \"FROM\")])"},
      {"a UID FETCH 1:* BODY.PEEK[]<0.12288>", "a UID FETCH 1:* (BODY.PEEK[]<0.12288>)"},
      {"a FETCH *:1 (BODY[1.2.HEADER] body.peek[3.mime] BODY[TEXT]<5.1> BODY[4])",
       "a FETCH *:1 (BODY[1.2.HEADER] BODY.PEEK[3.MIME] BODY[TEXT]<5.1> BODY[4])"},
      {"a FETCH 1 BODYSTRUCTURE", "a FETCH 1 (BODYSTRUCTURE)"},
      {"a FETCH 1 BODY", "a FETCH 1 (BODY)"},
      {"a FETCH 1 RFC822.HEADER", "a FETCH 1 (RFC822.HEADER)"},
      {"a STORE 2:4 +FLAGS (\\Deleted)", "a STORE 2:4 +FLAGS (\\Deleted)"},
      {"a UID STORE 1 -flags.silent \\seen $Junk", "a UID STORE 1 -FLAGS.SILENT (\\Seen $Junk)"},
      {"a STORE 1 FLAGS (\\Recent)", "a STORE 1 FLAGS ()"},
      {"a COPY 2:4 MEETING", "a COPY 2:4 \"MEETING\""},
      {"a UID MOVE 1,3 x", "a UID MOVE 1,3 \"x\""},
  };
  for (const auto& c : cases) {
    const Command command = parsed(c.in);
    EXPECT_EQ(write_command(command), c.canonical);
    EXPECT_EQ(parsed(c.canonical), command) << c.in;
  }
}

TEST(Command, Refuses) {
  const struct {
    const char *in, *tag;
    bool unknown;
  } cases[] = {
      {"", "", false},
      {"a", "", false},
      {"+ NOOP", "", false},
      {"a  NOOP", "a", false},
      {"a NOOP ", "a", false},
      {"a NOOP x", "a", false},
      {"a XYZZY", "a", true},
      {"a UID NOOP", "a", true},
      {"a UID", "a", false},
      {"a LOGIN x", "a", false},
      {"a LOGIN \"x y", "a", false},
      {"a LOGIN \"x\\y\" z", "a", false},
      {"a LOGIN {5}\r\nabc", "a", false},
      {"a LOGIN {5}abcde x", "a", false},
      {"a LOGIN {99999999999}\r\nx y", "a", false},
      {"a AUTHENTICATE PLAIN !!", "a", false},
      {"a ID (\"x\")", "a", false},
      {"a SELECT", "a", false},
      {"a SELECT a b", "a", false},
      {"a SELECT \xC3\xA9", "a", false},
      {"a STATUS x ()", "a", false},
      {"a STATUS x (FOO)", "a", false},
      {"a APPEND x", "a", false},
      {"a APPEND x (\\Foo) {1}", "a", false},
      {"a APPEND x \"32-Jul-1996 02:44:25 -0700\" {1}", "a", false},
      {"a APPEND x \"31-Feb-1996 02:44:25 -0700\" {1}", "a", false},
      {"a APPEND x {-1}", "a", false},
      {"a APPEND x {1} x", "a", false},
      {"a SEARCH", "a", false},
      {"a SEARCH FOO", "a", false},
      {"a SEARCH (SEEN", "a", false},
      {"a SEARCH OR SEEN", "a", false},
      {"a SEARCH SINCE 1-Foo-1994", "a", false},
      {"a SEARCH SINCE 30-Feb-1994", "a", false},
      {"a SEARCH 0", "a", false},
      {"a FETCH 1", "a", false},
      {"a FETCH 0 FLAGS", "a", false},
      {"a FETCH 1: FLAGS", "a", false},
      {"a FETCH 1,,2 FLAGS", "a", false},
      {"a FETCH 4294967296 FLAGS", "a", false},
      {"a FETCH 1 (ALL)", "a", false},
      {"a FETCH 1 ()", "a", false},
      {"a FETCH 1 BODY[0]", "a", false},
      {"a FETCH 1 BODY[1.]", "a", false},
      {"a FETCH 1 BODY[MIME]", "a", false},
      {"a FETCH 1 BODY[]<0.0>", "a", false},
      {"a FETCH 1 BODY[]<0>", "a", false},
      {"a FETCH 1 BODY[HEADER.FIELDS ()]", "a", false},
      {"a FETCH 1 RFC822[]", "a", false},
      {"a STORE 1 FLAG x", "a", false},
      {"a STORE 1 FLAGS (\\Foo)", "a", false},
      {"a COPY 1", "a", false},
      {"a UID EXPUNGE", "a", false},
      {"a EXPUNGE 1", "a", false},
      {"a IDLE x", "a", false},
  };
  for (const auto& c : cases) {
    const auto command = parse_command(c.in, limits);
    ASSERT_FALSE(command) << c.in;
    EXPECT_EQ(command.error().tag, c.tag) << c.in;
    EXPECT_EQ(command.error().unknown, c.unknown) << c.in;
  }
  EXPECT_FALSE(parse_command(std::string_view("a LOGIN {1}\r\n\0 x", 16), limits));
}

TEST(Command, LimitsOfNestingAndNumber) {
  std::string deep = "a SEARCH ";
  for (int i = 0; i < 100'000; ++i) deep += "NOT ";
  EXPECT_FALSE(parse_command(deep + "SEEN", limits));
  std::string many = "a SEARCH SEEN";
  for (int i = 0; i < 1000; ++i) many += " SEEN";
  EXPECT_FALSE(parse_command(many, limits));
  for (const std::size_t extra : {0u, 1u}) {
    std::string fields = "a FETCH 1 BODY[HEADER.FIELDS (f", flags = "a STORE 1 FLAGS (k";
    for (std::size_t i = 1; i < 500 + extra; ++i) fields += " f";
    for (std::size_t i = 1; i < 200 + extra; ++i) flags += " k" + std::to_string(i);
    EXPECT_EQ(parse_command(fields + ")]", limits).has_value(), extra == 0);
    EXPECT_EQ(parse_command(flags + ")", limits).has_value(), extra == 0);
  }
}

TEST(SequenceSet, Resolves) {
  const struct {
    const char* set;
    std::uint32_t largest;
    std::vector<std::uint32_t> flat;
  } cases[] = {
      {"1", 5, {1, 1}},
      {"*", 5, {5, 5}},
      {"*", 0, {}},
      {"5:2", 9, {2, 5}},
      {"1:*", 3, {1, 3}},
      {"*:1", 3, {1, 3}},
      {"10:*", 3, {3, 10}},
      {"4,1:2,3", 9, {1, 4}},
      {"7,1,3:4,4:5", 9, {1, 1, 3, 5, 7, 7}},
      {"4294967295,1:4294967295", 9, {1, 4294967295}},
  };
  for (const auto& c : cases) {
    Tokens in(c.set, limits);
    std::vector<std::uint32_t> flat;
    for (const auto& range : resolve(parse_sequence_set(in), c.largest)) flat.insert(flat.end(), {range.first, range.last});
    EXPECT_EQ(flat, c.flat) << c.set;
  }
  EXPECT_EQ(write_numbers({1, 2, 3, 7, 9, 10}), "1:3,7,9:10");
  EXPECT_EQ(write_numbers({}), "");
}

TEST(List, Matches) {
  const struct {
    const char *pattern, *name;
    bool matches;
  } cases[] = {
      {"*", "a.b.c", true},   {"%", "a.b", false},   {"%", "a", true},         {"a.%", "a.b", true},         {"a.%", "a.b.c", false},
      {"a*c", "a.b.c", true}, {"%.%", "a.b", true},  {"inbox", "INBOX", true}, {"Inbox.x", "INBOX.x", true}, {"inboxes", "INBOXES", false},
      {"A", "a", false},      {"", "a", false},      {"*%*", "x", true},       {"a", "ab", false},           {"*b", "ab", true},
      {"%%", "a.b", false},   {"%*%b", "a.b", true}, {"%%b", "a.b", false},    {"a*%*b%", "ab", true},       {"***", "", true},
  };
  const std::string long_pattern = std::string(60'000, '%') + std::string(5'000, 'a');
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(list_matches(long_pattern, "a.b", '.'));
  for (const auto& c : cases) EXPECT_EQ(list_matches(c.pattern, c.name, '.'), c.matches) << c.pattern << " " << c.name;
}

// What the reader says about a whole conversation, fed in pieces of that size.
std::string read_all(std::string_view in, std::size_t piece, const Limits& l) {
  CommandReader reader(l);
  std::string said;
  while (!in.empty()) {
    std::string_view chunk = in.substr(0, piece);
    in.remove_prefix(chunk.size());
    while (!chunk.empty()) {
      switch (reader.feed(chunk)) {
        case CommandReader::Step::NeedMore: break;
        case CommandReader::Step::Continue: said += "+ "; break;
        case CommandReader::Step::Append: said += "append<" + reader.text() + "> ", reader.reset(); break;
        case CommandReader::Step::Complete: said += "<" + reader.text() + "> ", reader.reset(); break;
        case CommandReader::Step::TooLong: said += "long<" + reader.text().substr(0, 6) + "> ", reader.reset(); break;
      }
    }
  }
  return said;
}

TEST(CommandReader, AnySplitIsTheWhole) {
  Limits small;
  small.command = 60;
  small.literals = 3;
  const std::string x200(200, 'x');
  const struct {
    std::string in, said;
  } cases[] = {
      {"a NOOP\r\nb NOOP\n", "<a NOOP> <b NOOP> "},
      {"a LOGIN {1}\r\nu {2+}\r\np}\r\n", "+ <a LOGIN {1}\r\nu {2+}\r\np}> "},
      {"a LOGIN {0}\r\n {0}\r\n\r\n", "+ + <a LOGIN {0}\r\n {0}\r\n> "},
      {"a LOGIN {3}\nu\r\n x\r\n", "+ <a LOGIN {3}\r\nu\r\n x> "},
      {"a APPEND {1}\r\nx () {30}\r\n", "+ append<a APPEND {1}\r\nx () {30}> "},
      {"a APPEND x {5000000000+}\r\n", "append<a APPEND x {5000000000+}> "},
      {"a NOOP " + x200 + "\r\nb NOOP\r\n", "long<a NOOP> <b NOOP> "},
      {"a LOGIN {100}\r\nb NOOP\r\n", "long<a LOGI> <b NOOP> "},
      {"a LOGIN {200+}\r\n" + x200 + " y\r\nb NOOP\r\n", "long<a LOGI> <b NOOP> "},
      {"a NOOP {x}\r\n", "<a NOOP {x}> "},
      {"a ID ({0+}\r\n {0+}\r\n {0+}\r\n {0+}\r\n)\r\nb NOOP\r\n", "long<a ID (> <b NOOP> "},
      {"a ID ({0+}\r\n {0}\r\n {0+}\r\n {0}\r\nb NOOP\r\n", "+ long<a ID (> <b NOOP> "},
      {"a FROB {5}\r\nb NOOP\r\n", "<a FROB {5}> <b NOOP> "},
      {"a APPEND x (\\Frob) {5}\r\n", "<a APPEND x (\\Frob) {5}> "},
      {"a FROB {3+}\r\nx\ny\r\n", "<a FROB {3+}\r\nx\ny> "},
      {"\r\n", "<> "},
  };
  for (const auto& c : cases) {
    for (const std::size_t piece : {1u, 2u, 7u, 10'000u}) EXPECT_EQ(read_all(c.in, piece, small), c.said) << c.in << " by " << piece;
  }
}

}  // namespace
}  // namespace courier::imap
