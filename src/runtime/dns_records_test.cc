#include "runtime/dns_records.h"

#include <gtest/gtest.h>

namespace courier::dns {
namespace {

using namespace std::literals;

TEST(DnsRecords, Names) {
  EXPECT_EQ(read_name("\2MX\7example\3org\0"sv), "mx.example.org");
  EXPECT_EQ(read_name("\0"sv), "");
  EXPECT_EQ(read_name("\3a.b\1_\0"sv), "a\\046b._");
  EXPECT_EQ(read_name(""sv), std::nullopt);
  EXPECT_EQ(read_name("\3ab"sv), std::nullopt);         // cut off
  EXPECT_EQ(read_name("\2ab"sv), std::nullopt);         // without the root
  EXPECT_EQ(read_name("\2ab\0x"sv), std::nullopt);      // something behind it
  EXPECT_EQ(read_name("\xc0\x0c"sv), std::nullopt);     // compressed
}

TEST(DnsRecords, Addresses) {
  EXPECT_EQ(read_a("\300\0\2\1"sv)->text(), "192.0.2.1");
  EXPECT_EQ(read_a("\300\0\2"sv), std::nullopt);
  EXPECT_EQ(read_aaaa("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"sv)->text(), "2001:db8::1");
  EXPECT_EQ(read_aaaa("\x20\x01"sv), std::nullopt);
}

TEST(DnsRecords, Mx) {
  EXPECT_EQ(read_mx("\1\2\2mx\4test\0"sv), (MxRecord{258, "mx.test"}));
  EXPECT_EQ(read_mx("\0\0\0"sv), (MxRecord{0, ""}));    // RFC 7505
  EXPECT_EQ(read_mx("\0\1"sv), std::nullopt);
}

TEST(DnsRecords, TxtJoinsItsStrings) {
  EXPECT_EQ(read_txt("\7v=spf1 \4-all"sv), "v=spf1 -all");
  EXPECT_EQ(read_txt("\0"sv), "");
  EXPECT_EQ(read_txt("\5ab"sv), std::nullopt);
  EXPECT_EQ(read_txt(""sv), std::nullopt);
}

TEST(DnsRecords, Tlsa) {
  EXPECT_EQ(read_tlsa("\3\1\1abc"sv), (TlsaRecord{3, 1, 1, "abc"}));
  EXPECT_EQ(read_tlsa("\3\1\1"sv), std::nullopt);
}

}  // namespace
}  // namespace courier::dns
