#include "settings/smtpd.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(SmtpdSettings, RelayForEveryoneIsRefused) {
  for (const char* good : {"192.0.2.0/24", "10.0.0.0/8", "127.0.0.0/8", "192.0.2.1", "172.16.0.0/12", "2001:db8::/32", "::1", "::1/128",
                           "fc00::/7", "fe80::/10", "2001:db8::1"}) {
    EXPECT_EQ(relay_network_fault(good), "") << good;
  }
  for (const char* bad :
       {"", "everyone", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/8", "10.0.0.0/7", "::/0", "2000::/3", "::ffff:0:0/96",
        "::ffff:0.0.0.0/96", "::/96", "64:ff9b::/96", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2/24", "2001:db8::/129"}) {
    EXPECT_NE(relay_network_fault(bad), "") << bad;
  }
}

TEST(SmtpdSettings, TravelAsASlice) {
  SmtpdSettings sent;
  sent.max_recipients = 123;
  sent.relay_networks = {"192.0.2.0/24"};
  SmtpdSettings got;
  ASSERT_TRUE(decode_settings(encode_settings(sent), got));
  EXPECT_EQ(got.max_recipients, 123);
  EXPECT_EQ(got.relay_networks, sent.relay_networks);
}

}  // namespace
}  // namespace courier
