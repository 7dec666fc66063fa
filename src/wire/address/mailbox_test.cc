#include "wire/address/mailbox.h"

#include <gtest/gtest.h>

#include <string>

namespace courier::address {
namespace {

struct Case {
  const char* text;
  const char* canonical;
};

TEST(Mailbox, ReadsAndWrites) {
  const Case cases[] = {
      {"ann@example.org", "ann@example.org"},
      {"Ann.Lee+x@EXAMPLE.Org", "Ann.Lee+x@example.org"},
      {"\"ann\"@example.org", "ann@example.org"},
      {"\"a b\"@example.org", "\"a b\"@example.org"},
      {"\"a\\\"b\\\\c\"@x.y", "\"a\\\"b\\\\c\"@x.y"},
      {"\"\"@x.y", "\"\"@x.y"},
      {"\"a@b\"@x.y", "\"a@b\"@x.y"},
      {"Postmaster", "postmaster"},
      {"ann@example.org.", "ann@example.org"},
      {"ann@[192.0.2.1]", "ann@[192.0.2.1]"},
      {"ann@[IPv6:2001:DB8::1]", "ann@[ipv6:2001:db8::1]"},
      {"ann@[IPv6:::ffff:192.0.2.1]", "ann@[ipv6:::ffff:192.0.2.1]"},
      {"ann@[x400:abc]", "ann@[x400:abc]"},
      {"ann@a_b.example", "ann@a_b.example"},
      {"j\xC3\xBCrgen@b\xC3\xBC"
       "cher.example",
       "j\xC3\xBCrgen@b\xC3\xBC"
       "cher.example"},
  };
  for (const auto& [text, expected] : cases) {
    const auto mailbox = parse_mailbox(text, Utf8::Yes);
    ASSERT_TRUE(mailbox) << text << ": expected " << mailbox.error().expected << " at " << mailbox.error().offset;
    EXPECT_EQ(canonical(*mailbox), expected);
    EXPECT_EQ(parse_mailbox(write(*mailbox), Utf8::Yes), *mailbox) << text;
  }
}

TEST(Mailbox, RefusesWhatTheGrammarDoesNotHave) {
  for (const char* text : {"",
                           "ann",
                           "@example.org",
                           "ann@",
                           ".ann@x.y",
                           "ann.@x.y",
                           "a..b@x.y",
                           "a b@x.y",
                           "ann@x..y",
                           "ann@-x.y",
                           "ann@x-.y",
                           "ann@.x",
                           "ann@x.y..",
                           "ann@x y",
                           "ann@[192.0.2]",
                           "ann@[192.0.2.256]",
                           "ann@[IPv6:1::2::3]",
                           "ann@[IPv6:1:2:3:4:5:6:7:8:9]",
                           "ann@[IPv6:12345::]",
                           "ann@[]",
                           "ann@[192.0.2.1",
                           "\"ann@x.y",
                           "\"a\"b@x.y",
                           "x@y@z",
                           "postmaster2",
                           "\"postmaster\"",
                           "ann@x.y>",
                           "ann\t@x.y",
                           "a\\b@x.y",
                           "<ann@x.y>",
                           "\"a\x01\"@x.y",
                           "ann@x\xFF.y",
                           "\xC3@x.y"}) {
    EXPECT_FALSE(parse_mailbox(text, Utf8::Yes)) << text;
  }
  EXPECT_FALSE(parse_mailbox("j\xC3\xBCrgen@x.y", Utf8::No));
  EXPECT_FALSE(parse_mailbox("\"j\xC3\xBC\"@x.y", Utf8::No));
  EXPECT_FALSE(parse_mailbox("ann@b\xC3\xBC.y", Utf8::No));
}

TEST(Mailbox, KeepsTheLimits) {
  const std::string local(64, 'a');
  EXPECT_TRUE(parse_mailbox(local + "@x.y", Utf8::No));
  EXPECT_FALSE(parse_mailbox(local + "a@x.y", Utf8::No));
  const std::string label(63, 'd');
  EXPECT_TRUE(parse_mailbox("a@" + label + ".x", Utf8::No));
  EXPECT_FALSE(parse_mailbox("a@" + label + "d.x", Utf8::No));
  const std::string domain = label + "." + label + "." + label;  // 191
  EXPECT_TRUE(parse_mailbox(std::string(62, 'a') + "@" + domain, Utf8::No));
  EXPECT_FALSE(parse_mailbox(local + "@" + domain, Utf8::No));
  EXPECT_TRUE(is_domain(domain + "." + label, Utf8::No));  // 255
  EXPECT_FALSE(is_domain(domain + "." + label + ".x", Utf8::No));
}

TEST(Path, TakesAPathFromTheFront) {
  std::string_view text = "<@a.example,@b.example:ann@x.y> SIZE=1";
  const auto path = take_path(text, Utf8::No);
  ASSERT_TRUE(path && *path);
  EXPECT_EQ(write(**path), "ann@x.y");
  EXPECT_EQ(text, " SIZE=1");

  text = "<>";
  const auto null = take_path(text, Utf8::No);
  ASSERT_TRUE(null);
  EXPECT_FALSE(*null);

  for (const char* bad :
       {"", "ann@x.y", "<ann@x.y", "<ann>", "< ann@x.y>", "<ann@x.y >", "<@a:>", "<@a ann@x.y>", "<@a,b:ann@x.y>", "<<a@b>>"}) {
    std::string_view rest = bad;
    EXPECT_FALSE(take_path(rest, Utf8::No)) << bad;
    EXPECT_EQ(rest, bad);
  }
}

TEST(Domain, LiteralsAndNames) {
  EXPECT_TRUE(is_address_literal("[127.0.0.1]"));
  EXPECT_FALSE(is_address_literal("127.0.0.1"));
  EXPECT_TRUE(is_domain("localhost", Utf8::No));
  EXPECT_FALSE(is_domain("", Utf8::No));
  EXPECT_FALSE(is_domain("a b", Utf8::No));
}

}  // namespace
}  // namespace courier::address
