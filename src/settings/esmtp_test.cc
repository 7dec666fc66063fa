#include "settings/esmtp.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(EsmtpRoute, Parses) {
  const struct {
    const char* text;
    EsmtpRoute route;
  } rows[] = {
      {":relay.example.org", {.domain = "", .relay = "relay.example.org", .tls = {}, .ip = {}}},
      {"Example.org:Relay.example.net,587/SECURITY=STARTTLS",
       {.domain = "example.org", .relay = "relay.example.net", .port = 587, .tls = TlsPolicy::Require, .ip = {}}},
      {".example.org:[192.0.2.1]", {.domain = ".example.org", .relay = "[192.0.2.1]", .tls = {}, .ip = {}}},
      {"a.test:[2001:db8::1],2525", {.domain = "a.test", .relay = "[2001:db8::1]", .port = 2525, .tls = {}, .ip = {}}},
      {"a.test:/SECURITY=VERIFY", {.domain = "a.test", .relay = "", .tls = TlsPolicy::Verify, .ip = {}}},
      {"a.test:b.test,465/SECURITY=SMTPS,IPV4ONLY",
       {.domain = "a.test", .relay = "b.test", .port = 465, .tls = TlsPolicy::Require, .implicit_tls = true, .ip = IpChoice::Ipv4Only}},
      {"a.test:b.test,465/SECURITY=SMTPS/IPV6ONLY",
       {.domain = "a.test", .relay = "b.test", .port = 465, .tls = TlsPolicy::Require, .implicit_tls = true, .ip = IpChoice::Ipv6Only}},
  };
  for (const auto& row : rows) {
    const auto route = parse_route(row.text);
    ASSERT_TRUE(route) << row.text << ": " << route.error();
    EXPECT_EQ(*route, row.route) << row.text;
  }
}

TEST(EsmtpRoute, NamesItsFaults) {
  const struct {
    const char *text, *fault;
  } rows[] = {
      {"example.org", "must be DOMAIN:RELAY[,PORT][/FLAGS]"},
      {"a:b,0", "the port must be 1 to 65535"},
      {"a:b,65536", "the port must be 1 to 65535"},
      {"a:b c", "the relay is not a host name"},
      {"a:[b", "brackets around the relay do not match"},
      {"a:b/SECURITY=SOME", "SECURITY is NONE, MAY, STARTTLS, REQUIRED, VERIFY or SMTPS, not SOME"},
      {"a:b/FAST", "unknown flag FAST"},
      {"a:b/SECURITY=SMTPS", "SECURITY=SMTPS needs a port"},
  };
  for (const auto& row : rows) {
    const auto route = parse_route(row.text);
    ASSERT_FALSE(route) << row.text;
    EXPECT_EQ(route.error(), row.fault);
  }
}

TEST(EsmtpRoute, Matches) {
  EXPECT_TRUE(parse_route(":x")->matches("example.org"));
  EXPECT_TRUE(parse_route("example.org:x")->matches("example.org"));
  EXPECT_FALSE(parse_route("example.org:x")->matches("a.example.org"));
  EXPECT_TRUE(parse_route(".example.org:x")->matches("a.example.org"));
  EXPECT_FALSE(parse_route(".example.org:x")->matches("example.org"));
  EXPECT_FALSE(parse_route(".example.org:x")->matches("badexample.org"));
}

TEST(EsmtpLogin, Parses) {
  EXPECT_EQ(parse_login("Relay.test,587 ann pass word"), (EsmtpLogin{"relay.test,587", "ann", "pass word"}));
  for (const char* text : {"", "relay", "relay ann", "relay ann ", "relay  x"}) EXPECT_FALSE(parse_login(text)) << text;
}

TEST(EsmtpSettings, SurviveTheWayToTheDaemon) {
  EsmtpSettings settings;
  settings.routes = {"a:b"};
  settings.keep_idle = seconds(3);
  settings.dns_local_zones = {"example.test"};
  EsmtpSettings back;
  ASSERT_TRUE(decode_settings(encode_settings(settings), back));
  EXPECT_EQ(back.routes, settings.routes);
  EXPECT_EQ(back.keep_idle, settings.keep_idle);
  EXPECT_EQ(back.dns_local_zones, settings.dns_local_zones);
}

}  // namespace
}  // namespace courier
