#include "runtime/address.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(IpNetwork, TakesAPrefixOfItsFamilyOnly) {
  for (const char* text : {"192.0.2.0/24", "192.0.2.1/32", "0.0.0.0/0", "2001:db8::/32", "::/0", "::1/128"}) {
    const auto network = IpNetwork::parse(text);
    ASSERT_TRUE(network) << text;
    EXPECT_EQ(network->text(), text);
  }
  // The last ones are negative as an int.
  for (const char* text : {"192.0.2.0/33", "::/129", "::/", "::/-1", "192.0.2.0/x", "::/4294967295", "192.0.2.0/2555555555"}) {
    EXPECT_EQ(IpNetwork::parse(text), std::nullopt) << text;
  }
  EXPECT_TRUE(IpNetwork::parse("192.0.2.77/24")->contains(*IpAddress::parse("192.0.2.1")));
  EXPECT_FALSE(IpNetwork::parse("::/0")->contains(*IpAddress::parse("192.0.2.1")));
}

}  // namespace
}  // namespace courier
