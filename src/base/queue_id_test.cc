#include "base/queue_id.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(QueueId, CountsFromTheClock) {
  QueueIds ids("m", 83, WallTime{36 * 36 - 1});
  EXPECT_EQ(ids.next(), "m-2b-zz");
  EXPECT_EQ(ids.next(), "m-2b-100");
}

TEST(QueueId, IsRecognised) {
  for (const char* good : {"m-1-1", "s-2b-l0x3k9q1", "d-0-0", "m2-zzzzzzzzzzzzz-0"}) EXPECT_TRUE(is_queue_id(good)) << good;
  for (const char* bad :
       {"", "m", "m-1", "m-1-", "-1-1", "1-1-1", "m-1-1-1", "m-1-A", "m-1-a/b", "../x-1-1", "m-12345678901234-1", "m 1-1"}) {
    EXPECT_FALSE(is_queue_id(bad)) << bad;
  }
  EXPECT_TRUE(is_queue_id(QueueIds("s", ~0ull, WallTime{1'767'607'200'000'000}).next()));
}

}  // namespace
}  // namespace courier
