#include "runtime/random.h"

#include <gtest/gtest.h>

#include <set>

namespace courier {
namespace {

TEST(Random, GivesAsManyBytesAsAskedAndNeverTheSame) {
  EXPECT_EQ(random_bytes(0), "");
  for (const std::size_t count : {1u, 255u, 256u, 257u, 1000u}) EXPECT_EQ(random_bytes(count).size(), count);
  // The last bytes of a long answer are filled too.
  EXPECT_NE(random_bytes(520).substr(500), std::string(20, '\0'));
  std::set<std::string> seen;
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(random_bytes(16)).second && numbers.insert(random_u64()).second);
}

}  // namespace
}  // namespace courier
