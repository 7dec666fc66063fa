#include "store/maildir/quota.h"

#include <gtest/gtest.h>

#include "runtime/testing/simulated_disk.h"
#include "store/maildir/maildir.h"

namespace courier::store {
namespace {

class QuotaTest : public testing::Test {
 protected:
  void SetUp() override {
    disk.set_clock([this] { return now; });
    ASSERT_TRUE(make_maildir(disk, root));
  }
  void put(const std::string& path, std::string_view content = "12345") {
    (void)disk.unlink(path);
    const auto file = disk.open(path, OpenMode::Create);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(0, content));
  }
  std::string size_file() { return read_file(disk, root + "/maildirsize").value_or(""); }
  Quota quota(QuotaLimits limits = {}) { return {disk, root, limits, "u"}; }

  SimulatedDisk disk;
  std::string root = "/m";
  WallTime now = wall_seconds(1'800'000'000);
};

TEST(QuotaText, Parses) {
  EXPECT_EQ(parse_quota("52428800S,20000C"), (QuotaLimits{52428800, 20000}));
  EXPECT_EQ(parse_quota("20C"), (QuotaLimits{0, 20}));
  EXPECT_EQ(parse_quota("garbage"), QuotaLimits{});
  EXPECT_EQ(parse_quota("5X,7S"), (QuotaLimits{7, 0}));
  EXPECT_EQ(parse_quota("99999999999999999999999S"), QuotaLimits{});
  for (const QuotaLimits limits : {QuotaLimits{1, 2}, QuotaLimits{0, 2}, QuotaLimits{1, 0}}) {
    EXPECT_EQ(parse_quota(write_quota(limits)), limits);
  }
}

TEST_F(QuotaTest, WithoutLimitAndFileThereIsNone) {
  EXPECT_TRUE(quota().allows(1'000'000'000, 1, now));
  quota().add(5, 1, now);
  EXPECT_FALSE(exists(disk, root + "/maildirsize"));
  EXPECT_FALSE(quota().use(now));
}

TEST_F(QuotaTest, TheFirstUseCountsWhatIsThere) {
  ASSERT_TRUE(create_folder(disk, root, *FolderName::parse("Work")));
  ASSERT_TRUE(create_folder(disk, root, *FolderName::parse("Trash")));
  put(root + "/cur/1.a:2,S");              // 5 bytes by stat
  put(root + "/new/2.b,S=100");            // 100 by name
  put(root + "/cur/3.c,S=7:2,ST");         // T: does not count
  put(root + "/.Work/cur/4.d,S=1000:2,");
  put(root + "/.Trash/cur/5.e,S=9999:2,"); // Trash does not count
  const auto use = quota({5000, 0}).use(now);
  ASSERT_TRUE(use);
  EXPECT_EQ(use->totals, (QuotaTotals{1105, 3}));
  EXPECT_EQ(size_file(), "5000S\n        1105            3\n");
}

TEST_F(QuotaTest, LinesAddUp) {
  put(root + "/maildirsize", "5000S,10C\n     1000     2\n 5 1\nnoise\n -100 -1\n");
  EXPECT_EQ(quota().use(now)->totals, (QuotaTotals{905, 2}));
  quota().add(50, 1, now);
  EXPECT_EQ(quota().use(now)->totals, (QuotaTotals{955, 3}));
  EXPECT_TRUE(size_file().ends_with(" -100 -1\n          50            1\n"));
  EXPECT_TRUE(quota().allows(4045, 7, now));
}

TEST_F(QuotaTest, OverTheLimitIsCountedAgainOnceAndThenBelieved) {
  put(root + "/maildirsize", "5000S\n4990 1\n0 1\n");
  EXPECT_TRUE(quota().allows(100, 1, now));       // the maildir is empty: counted anew, there is room
  EXPECT_EQ(size_file(), "5000S\n           0            0\n");
  put(root + "/maildirsize", "5000S\n4990 1\n");
  EXPECT_FALSE(quota().allows(100, 1, now));      // one line, fresh: believed
  now = now + minutes(16);
  EXPECT_TRUE(quota().allows(100, 1, now));
}

TEST_F(QuotaTest, EdgesOfTheFile) {
  put(root + "/maildirsize", "5000S\n");
  EXPECT_EQ(quota().use(now)->totals, QuotaTotals{});
  put(root + "/maildirsize", "garbage\n100 1\n");
  EXPECT_TRUE(quota().allows(1'000'000, 1, now));
  put(root + "/maildirsize", "5000S\n-5 1\n");    // negative: not trusted
  EXPECT_EQ(quota().use(now)->totals, QuotaTotals{});
  put(root + "/maildirsize", "5000S\n" + std::string(6000, ' '));
  EXPECT_EQ(quota().use(now)->totals, QuotaTotals{});
  EXPECT_LT(size_file().size(), 100u);
}

TEST_F(QuotaTest, AnotherLimitOfTheAccountReplacesTheFirstLine) {
  put(root + "/maildirsize", "5000S\n10 1\n");
  EXPECT_EQ(quota({7000, 3}).use(now)->limits, (QuotaLimits{7000, 3}));
  EXPECT_TRUE(size_file().starts_with("7000S,3C\n"));
}

}  // namespace
}  // namespace courier::store
