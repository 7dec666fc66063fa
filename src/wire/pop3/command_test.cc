#include "wire/pop3/command.h"

#include <gtest/gtest.h>

#include "wire/pop3/line_reader.h"
#include "wire/pop3/reply.h"

namespace courier::pop3 {
namespace {

TEST(Pop3Command, ReadsAndWrites) {
  const std::pair<const char*, Command> cases[] = {
      {"USER ann@example.org", User{"ann@example.org"}},
      {"pass  two  spaces ", Pass{" two  spaces "}},
      {"AUTH", Auth{}},
      {"auth plain AGEAYg==", Auth{"PLAIN", std::string("\0a\0b", 4)}},
      {"AUTH EXTERNAL =", Auth{"EXTERNAL", std::string{}}},
      {"STLS", Stls{}},
      {"CAPA", Capa{}},
      {"quit ", Quit{}},
      {"NOOP", Noop{}},
      {"STAT", Stat{}},
      {"LIST", List{}},
      {"list 7", List{7}},
      {"UIDL  7", Uidl{7}},
      {"RETR 1", Retr{1}},
      {"DELE 4294967295", Dele{4294967295u}},
      {"TOP 1 0", Top{1, 0}},
      {"RSET", Rset{}},
  };
  for (const auto& [line, command] : cases) {
    const auto parsed = parse_command(line);
    ASSERT_TRUE(parsed) << line << ": expected " << parsed.error().expected;
    EXPECT_EQ(*parsed, command) << line;
    EXPECT_EQ(parse_command(write(command)), command) << line;
  }
}

TEST(Pop3Command, SaysWhatIsWrong) {
  for (const char* line : {"", " ", " QUIT", "FOO", "APOP a b", "QUITX", "STAT\t", "\xFF"}) {
    const auto parsed = parse_command(line);
    ASSERT_FALSE(parsed) << line;
    EXPECT_TRUE(parsed.error().unknown) << line;
  }
  for (const char* line : {"USER",
                           "USER ",
                           "PASS",
                           "PASS ",
                           "AUTH PL@IN",
                           "AUTH PLAIN *",
                           "AUTH PLAIN AGE",
                           "AUTH PLAIN AGEAYg== x",
                           "STLS x",
                           "CAPA x",
                           "QUIT now",
                           "STAT 1",
                           "LIST x",
                           "LIST 0",
                           "LIST -1",
                           "LIST 1 2",
                           "RETR",
                           "RETR 0",
                           "RETR 1 2",
                           "RETR 4294967296",
                           "DELE",
                           "DELE x",
                           "TOP",
                           "TOP 1",
                           "TOP x 1",
                           "TOP 0 1",
                           "TOP 1 -1",
                           "TOP 1 2 3",
                           "RSET x",
                           "UIDL x"}) {
    const auto parsed = parse_command(line);
    ASSERT_FALSE(parsed) << line;
    EXPECT_FALSE(parsed.error().unknown) << line;
  }
}

std::string outcomes(std::string_view text, std::size_t step) {
  LineReader reader(5);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += step) {
    std::string_view piece = text.substr(at, step);
    while (!piece.empty()) {
      switch (reader.feed(piece)) {
        case LineReader::Outcome::NeedMore: break;
        case LineReader::Outcome::Line: out += '<' + reader.line() + '>'; break;
        case LineReader::Outcome::TooLong: out += "long"; break;
        case LineReader::Outcome::Malformed: out += "bad"; break;
      }
    }
  }
  return out;
}

TEST(LineReader, FindsLinesInAnyPieces) {
  const std::string text = std::string("a\r\n\r\nb\n12345\r\n123456\r\n123456\n1234567890\r\nok\r\na\rb\r\n") + std::string("x\0y\r\n", 5) +
                           "12345\rz\n\r\r\nrest";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    EXPECT_EQ(outcomes(text, step), "<a><><b><12345>longlonglong<ok>badbadlongbad") << step;
  }
}

TEST(Reply, HasCodes) {
  EXPECT_EQ(ok("x"), "+OK x\r\n");
  EXPECT_EQ(err("x"), "-ERR x\r\n");
  EXPECT_EQ(err("x", "SYS/TEMP"), "-ERR [SYS/TEMP] x\r\n");
  const std::string capa = capa_reply({.stls = true, .user = true, .sasl = {"PLAIN", "LOGIN"}});
  EXPECT_NE(capa.find("\r\nSASL PLAIN LOGIN\r\nSTLS\r\nUSER\r\n"), std::string::npos);
  EXPECT_TRUE(capa.ends_with("\r\n.\r\n"));
  EXPECT_EQ(capa_reply({}).find("SASL"), std::string::npos);
}

}  // namespace
}  // namespace courier::pop3
