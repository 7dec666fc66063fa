#include "daemons/auth/limits.h"

namespace courier::auth {
namespace {

IpAddress ip(const char* text) { return *IpAddress::parse(text); }

AuthSettings small() {
  AuthSettings settings;
  settings.max_connections = 6;
  settings.connections_per_address = 2;
  settings.connections_per_network = 3;
  settings.sessions_per_account = 2;
  settings.failures_before_ban = 3;
  return settings;
}

constexpr Instant start{1'000'000'000};

TEST(Limits, ConnectionsByAddressNetworkAndInAll) {
  Limits limits(small());
  EXPECT_TRUE(limits.connect(ip("192.0.2.1"), start));
  EXPECT_TRUE(limits.connect(ip("192.0.2.1"), start));
  EXPECT_EQ(limits.connect(ip("192.0.2.1"), start).error(), "Too many connections from your address");
  EXPECT_TRUE(limits.connect(ip("192.0.2.2"), start));
  EXPECT_EQ(limits.connect(ip("192.0.2.3"), start).error(), "Too many connections from your network");
  EXPECT_TRUE(limits.connect(ip("198.51.100.1"), start));
  EXPECT_TRUE(limits.connect(ip("127.0.0.1"), start));
  EXPECT_TRUE(limits.connect(ip("127.0.0.1"), start));
  EXPECT_EQ(limits.connect(ip("127.0.0.1"), start).error(), "Too many connections, try again later");
  limits.disconnect(ip("192.0.2.1"));
  EXPECT_TRUE(limits.connect(ip("192.0.2.1"), start));
  EXPECT_FALSE(limits.connect(ip("192.0.2.1"), start));
}

TEST(Limits, AnIpv6NetworkOf64BitsIsOneAddress) {
  Limits limits(small());
  EXPECT_TRUE(limits.connect(ip("2001:db8:0:1::1"), start));
  EXPECT_TRUE(limits.connect(ip("2001:db8:0:1::2"), start));
  EXPECT_EQ(limits.connect(ip("2001:db8:0:1::3"), start).error(), "Too many connections from your address");
  EXPECT_TRUE(limits.connect(ip("2001:db8:0:2::1"), start));
  EXPECT_EQ(limits.connect(ip("2001:db8:0:3::1"), start).error(), "Too many connections from your network");
}

TEST(Limits, RefusedConnectionsLeaveNoTrace) {
  Limits limits(small());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limits.connect(ip("192.0.2.1"), start) || i == 2);
  EXPECT_EQ(limits.state(start).addresses.size(), 1u);
  limits.disconnect(ip("192.0.2.1"));
  limits.disconnect(ip("192.0.2.1"));
  EXPECT_EQ(limits.state(start).connections, 0u);
  EXPECT_TRUE(limits.state(start).addresses.empty());
}

TEST(Limits, SessionsOfAnAccount) {
  Limits limits(small());
  EXPECT_TRUE(limits.open_session("ann", ip("192.0.2.1")));
  EXPECT_TRUE(limits.open_session("ann", ip("192.0.2.2")));
  EXPECT_FALSE(limits.open_session("ann", ip("192.0.2.3")));
  EXPECT_TRUE(limits.open_session("bob", ip("192.0.2.3")));
  EXPECT_TRUE(limits.open_session("ann", ip("::1")));
  limits.close_session("ann", ip("192.0.2.1"));
  EXPECT_TRUE(limits.open_session("ann", ip("192.0.2.3")));
}

TEST(Limits, GuessingIsSlowedThenBanned) {
  Limits limits(small());
  bool ban = false;
  EXPECT_EQ(limits.failed(ip("192.0.2.1"), "a", start, ban), milliseconds(250));
  EXPECT_EQ(limits.failed(ip("192.0.2.1"), "b", start, ban), milliseconds(500));
  EXPECT_FALSE(ban);
  EXPECT_FALSE(limits.banned(ip("192.0.2.1"), start));
  (void)limits.failed(ip("192.0.2.1"), "c", start, ban);
  EXPECT_TRUE(ban);
  EXPECT_TRUE(limits.banned(ip("192.0.2.1"), start));
  EXPECT_FALSE(limits.connect(ip("192.0.2.1"), start));
  EXPECT_TRUE(limits.connect(ip("192.0.2.2"), start));
  EXPECT_FALSE(limits.banned(ip("192.0.2.1"), start + small().ban_time));
  EXPECT_TRUE(limits.forget(ip("192.0.2.1")));
  EXPECT_TRUE(limits.connect(ip("192.0.2.1"), start));
}

TEST(Limits, GuessingOneAccountFromManyAddressesIsSlowed) {
  Limits limits(small());
  bool ban = false;
  Duration delay;
  for (int i = 1; i <= 8; ++i) delay = limits.failed(IpAddress::v4(0xC6336400u + static_cast<std::uint32_t>(i)), "ann", start, ban);
  EXPECT_EQ(delay, seconds(5));
  EXPECT_FALSE(ban);
  limits.succeeded("ann");
  EXPECT_EQ(limits.failed(ip("203.0.113.1"), "ann", start, ban), milliseconds(250));
}

TEST(Limits, UncountedNetworksAreNeverBanned) {
  Limits limits(small());
  bool ban = false;
  for (int i = 0; i < 10; ++i) (void)limits.failed(ip("127.0.0.1"), "ann", start, ban);
  EXPECT_FALSE(limits.banned(ip("127.0.0.1"), start));
}

TEST(Limits, FailuresAreForgotten) {
  Limits limits(small());
  bool ban = false;
  (void)limits.failed(ip("192.0.2.1"), "ann", start, ban);
  EXPECT_EQ(limits.failed(ip("192.0.2.1"), "ann", start + small().failure_memory * 2, ban), milliseconds(250));
}

TEST(Generations, ForgetsByAgeAndNumber) {
  Generations<int, int> map(seconds(10), 2);
  map.at(1, start) = 10;
  EXPECT_EQ(*map.find(1, start + seconds(9), false), 10);
  EXPECT_EQ(*map.find(1, start + seconds(15), true), 10);   // old by now, renewed
  EXPECT_EQ(*map.find(1, start + seconds(25), false), 10);  // the second generation
  EXPECT_EQ(map.find(1, start + seconds(60), false), nullptr);
  for (int i = 0; i < 10; ++i) map.at(i, start + seconds(61)) = i;
  int held = 0;
  map.for_each([&](int, int) { ++held; });
  EXPECT_LE(held, 4);
}

}  // namespace
}  // namespace courier::auth
