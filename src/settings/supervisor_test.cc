#include "settings/supervisor.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(ListenAddress, Parses) {
  ListenAddress a;
  ASSERT_TRUE(parse_listen_address("127.0.0.1:25", a));
  EXPECT_EQ(a, (ListenAddress{"127.0.0.1", 25, ""}));
  ASSERT_TRUE(parse_listen_address("[::1]:65535", a));
  EXPECT_EQ(a, (ListenAddress{"::1", 65535, ""}));
  ASSERT_TRUE(parse_listen_address("*:993", a));
  EXPECT_EQ(a, (ListenAddress{"*", 993, ""}));
  ASSERT_TRUE(parse_listen_address("unix:/run/x", a));
  EXPECT_EQ(a, (ListenAddress{"", 0, "/run/x"}));
  for (const char* bad : {"", "25", ":25", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "::1:25", "[127.0.0.1]:25",
                          "localhost:25", "[]:25", "*:x", "unix:x"}) {
    EXPECT_FALSE(parse_listen_address(bad, a)) << bad;
  }
}

TEST(SupervisorSettings, GoThroughTheBinaryForm) {
  SupervisorSettings settings, copy;
  settings.host_name = "mx.example.test";
  settings.listen_smtp = {"127.0.0.1:10025"};
  settings.stop_time = seconds(3);
  ASSERT_TRUE(decode_settings(encode_settings(settings), copy));
  EXPECT_EQ(copy.host_name, settings.host_name);
  EXPECT_EQ(copy.listen_smtp, settings.listen_smtp);
  EXPECT_EQ(copy.stop_time, settings.stop_time);
  EXPECT_EQ(effective_host_name(copy), "mx.example.test");
  copy.host_name.clear();
  EXPECT_FALSE(effective_host_name(copy).empty());
  EXPECT_GE(effective_mailbox_shards(copy), 1);
  copy.mailbox_shards = 3;
  EXPECT_EQ(effective_mailbox_shards(copy), 3);
}

}  // namespace
}  // namespace courier
