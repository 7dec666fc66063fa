#include "store/maildir/volume_sync.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <semaphore>

namespace courier::store {
namespace {

class CountedVolume final : public Volume {
 public:
  explicit CountedVolume(bool fails = false) : fails_(fails) {}
  DiskResult<void> sync() override {
    ++syncs;
    if (fails_) return fail(DiskError{.os_error = EIO, .operation = "syncfs", .path = "/"});
    return {};
  }
  std::atomic<int> syncs = 0;

 private:
  const bool fails_;
};

// Its sync takes until release().
class StuckVolume final : public Volume {
 public:
  DiskResult<void> sync() override {
    gate_.acquire();
    return {};
  }
  void release() { gate_.release(); }

 private:
  std::binary_semaphore gate_{0};
};

TEST(VolumeSync, SyncsEachOnce) {
  VolumeSync sync;
  const auto one = std::make_shared<CountedVolume>();
  const auto two = std::make_shared<CountedVolume>();
  EXPECT_TRUE(sync.sync({}, {}));
  EXPECT_TRUE(sync.sync({one, two}, minutes(1)));
  EXPECT_TRUE(sync.sync({one}, minutes(1)));
  EXPECT_EQ(one->syncs, 2);
  EXPECT_EQ(two->syncs, 1);
}

TEST(VolumeSync, OneErrorIsAnErrorAndTheNextMaySucceed) {
  VolumeSync sync;
  const auto good = std::make_shared<CountedVolume>();
  EXPECT_FALSE(sync.sync({good, std::make_shared<CountedVolume>(true)}, minutes(1)));
  EXPECT_TRUE(sync.sync({good}, minutes(1)));
}

TEST(VolumeSync, WaitsNoLongerThanAskedAndNotBehindOneThatIsStuck) {
  VolumeSync sync;
  const auto stuck = std::make_shared<StuckVolume>();
  const auto other = std::make_shared<CountedVolume>();
  EXPECT_FALSE(sync.sync({stuck}, milliseconds(1)));
  EXPECT_FALSE(sync.sync({other}, minutes(1)));
  EXPECT_EQ(other->syncs, 0);
  stuck->release();
  // It has ended now, or will in a moment.
  while (!sync.sync({other}, minutes(1))) std::this_thread::yield();
  EXPECT_EQ(other->syncs, 1);
}

TEST(VolumeSync, EndsWhileASyncIsStuck) {
  const auto stuck = std::make_shared<StuckVolume>();
  {
    VolumeSync sync;
    EXPECT_FALSE(sync.sync({stuck}, milliseconds(1)));
  }
  stuck->release();
  // Its thread lets go of what it held.
  while (stuck.use_count() > 1) std::this_thread::yield();
}

}  // namespace
}  // namespace courier::store
