#include "base/encode.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(Encode, Base64Vectors) {
  // RFC 4648, section 10.
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(base64_encode(plain), coded);
    EXPECT_EQ(base64_decode(coded), plain);
  }
}

TEST(Encode, Base64IsStrict) {
  for (const char* bad : {"Zg", "Zg=", "Zh==", "Z===", "====", "Zg==Zg==", "Zm 8=", "Zm9\n"}) EXPECT_FALSE(base64_decode(bad)) << bad;
}

TEST(Encode, Hex) {
  EXPECT_EQ(hex_encode(std::string_view("\x00\xfe", 2)), "00fe");
  EXPECT_EQ(hex_decode("00FE"), std::string("\x00\xfe", 2));
  EXPECT_FALSE(hex_decode("0"));
  EXPECT_FALSE(hex_decode("0g"));
}

}  // namespace
}  // namespace courier
