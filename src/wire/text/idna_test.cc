#include "wire/text/idna.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(Idna, DomainsInAscii) {
  EXPECT_EQ(domain_to_ascii("Example.ORG"), "example.org");
  EXPECT_EQ(domain_to_ascii("b\xc3\xbc"
                            "cher.example"),
            "xn--bcher-kva.example");
  EXPECT_EQ(domain_to_ascii("B\xc3\x9c"
                            "CHER.example"),
            "xn--bcher-kva.example");
  EXPECT_EQ(domain_to_ascii("fa\xc3\x9f.test"), "xn--fa-hia.test");  // not "fass": IDNA 2008
  EXPECT_EQ(domain_to_ascii("\xe4\xbe\x8b.test"), "xn--fsq.test");
  EXPECT_EQ(domain_to_ascii("\xff\xfe.test"), std::nullopt);         // not UTF-8
  EXPECT_EQ(domain_to_ascii("a\xe2\x80\x8b..b\xc3\xbc"), std::nullopt);  // an empty label
}

}  // namespace
}  // namespace courier
