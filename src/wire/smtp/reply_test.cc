#include "wire/smtp/reply.h"

#include <gtest/gtest.h>

#include <vector>

#include "wire/smtp/capabilities.h"

namespace courier::smtp {
namespace {

// Every reply in `wire`, fed in pieces of `step` bytes; an error ends the list with code -1.
std::vector<Reply> parse_all(std::string_view wire, std::size_t step) {
  ReplyParser parser({.line = 100, .total = 300});
  std::vector<Reply> out;
  for (std::size_t at = 0; at < wire.size(); at += step) {
    std::string_view piece = wire.substr(at, step);
    while (!piece.empty()) {
      auto reply = parser.feed(piece);
      if (!reply) {
        out.push_back({-1, {}, reply.error().expected});
        return out;
      }
      if (*reply) out.push_back(**reply);
    }
  }
  return out;
}

TEST(ReplyParser, ReadsRepliesInAnyPieces) {
  const std::string wire =
      "220 mx ESMTP\r\n250-mx\r\n250-SIZE 100\r\n250 DSN\r\n250 2.1.0 Ok\r\n550-5.1.1 No\r\n550 5.1.1 such user\r\n"
      "550-5.1.1 No\r\n550 5.7.1 way\r\n354\r\n250 4.0.0 not ours\r\n421 \n";
  const std::vector<Reply> expected = {
      {220, {}, "mx ESMTP"},
      {250, {}, "mx\nSIZE 100\nDSN"},
      {250, EnhancedStatus{2, 1, 0}, "Ok"},
      {550, EnhancedStatus{5, 1, 1}, "No\nsuch user"},
      {550, {}, "5.1.1 No\n5.7.1 way"},
      {354, {}, ""},
      {250, {}, "4.0.0 not ours"},
      {421, {}, ""},
  };
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, wire.size()}) EXPECT_EQ(parse_all(wire, step), expected) << step;
}

TEST(ReplyParser, RefusesWhatIsNone) {
  for (const std::string& bad :
       {std::string("\r\n"), std::string("25\r\n"), std::string("hello\r\n"), std::string("150 x\r\n"), std::string("600 x\r\n"),
        std::string("250x\r\n"), std::string("250-a\r\n251 b\r\n"), "250 " + std::string(100, 'x') + "\r\n", std::string(200, '2')}) {
    for (const std::size_t step : {std::size_t{1}, bad.size()}) {
      const auto replies = parse_all(bad, step);
      ASSERT_FALSE(replies.empty()) << bad;
      EXPECT_EQ(replies.back().code, -1) << bad;
    }
  }
  std::string endless;
  for (int i = 0; i < 50; ++i) endless += "250-x\r\n";
  EXPECT_EQ(parse_all(endless, 1).back().code, -1);
}

TEST(Reply, IsWritten) {
  const Reply reply{550, EnhancedStatus{5, 1, 1}, "No\nsuch user"};
  EXPECT_EQ(write(reply), "550-5.1.1 No\r\n550 5.1.1 such user\r\n");
  EXPECT_EQ(quoted(reply), "550 5.1.1 No\n550 5.1.1 such user");
}

TEST(Status, ReadsOnlyCodes) {
  EXPECT_EQ(parse_status("5.7.29"), (EnhancedStatus{5, 7, 29}));
  for (const char* bad : {"", "5", "5.7", "3.0.0", "5.07.1", "5.7.1000", "5..1", "55.1.1", "5.7.1 "})
    EXPECT_FALSE(parse_status(bad)) << bad;
}

TEST(Capabilities, AreReadAndWritten) {
  const auto got = parse_capabilities(
      "mx greets\nsize 1000\nPIPELINING\n8BITMIME\nAUTH PLAIN LOGIN\nAUTH=LOGIN scram-sha-256\nXFOO 1\nDSN\nSTARTTLS\nCHUNKING\nSMTPUTF8\nENHANCEDSTATUSCODES");
  EXPECT_EQ(got.size, 1000u);
  EXPECT_TRUE(got.pipelining && got.eight_bit_mime && got.dsn && got.starttls && got.chunking && got.smtputf8 && got.enhanced_status_codes);
  EXPECT_EQ(got.auth, (std::vector<std::string>{"PLAIN", "LOGIN", "SCRAM-SHA-256"}));
  EXPECT_TRUE(got.offers_auth("login"));
  EXPECT_EQ(parse_capabilities("mx" + write(got)), got);
  EXPECT_EQ(parse_capabilities("PIPELINING"), Capabilities{});  // the greeting says nothing
  EXPECT_EQ(parse_capabilities("mx\nSIZE").size, 0u);
  EXPECT_EQ(parse_capabilities("mx\nAUTH  PLA\rIN X=Y ABCDEFGHIJKLMNOPQRSTU LOGIN\r").auth, std::vector<std::string>{"LOGIN"});
  std::string many = "mx\nAUTH";
  for (int i = 0; i < 20'000; ++i) many += " X" + std::to_string(i);
  EXPECT_EQ(parse_capabilities(many).auth.size(), 50u);
}

}  // namespace
}  // namespace courier::smtp
