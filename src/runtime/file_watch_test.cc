#include "runtime/file_watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace courier {
namespace {

class FileWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    watcher = make_file_watcher(*loop);
    if (!watcher) GTEST_SKIP() << "no way to watch files here";
    char name[] = "/tmp/courier-watch-XXXXXX";
    folder = ::mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void touch(const std::string& name) { std::fclose(std::fopen((folder + "/" + name).c_str(), "w")); }
  // Runs the loop until `done` says so, or for two seconds.
  template <class Done>
  bool run_until(Done done) {
    for (int i = 0; i < 200 && !done(); ++i) run_until_done(*loop, loop->sleep(milliseconds(10)));
    return done();
  }
  std::unique_ptr<Loop> loop = make_loop();
  std::unique_ptr<FileWatcher> watcher;
  std::string folder;
};

TEST_F(FileWatchTest, TellsOfNewRenamedAndRemovedFiles) {
  int told = 0;
  const auto watch = watcher->watch(folder, [&] { ++told; });
  ASSERT_TRUE(watch);
  touch("a");
  EXPECT_TRUE(run_until([&] { return told > 0; }));
  told = 0;
  std::filesystem::rename(folder + "/a", folder + "/b");
  EXPECT_TRUE(run_until([&] { return told > 0; }));
  told = 0;
  std::filesystem::remove(folder + "/b");
  EXPECT_TRUE(run_until([&] { return told > 0; }));
}

TEST_F(FileWatchTest, TwoWatchesOfOneDirectoryLiveApart) {
  int first = 0;
  int second = 0;
  auto a = watcher->watch(folder, [&] { ++first; });
  auto b = watcher->watch(folder, [&] { ++second; });
  a.reset();
  touch("a");
  EXPECT_TRUE(run_until([&] { return second > 0; }));
  EXPECT_EQ(first, 0);
}

TEST_F(FileWatchTest, AWatchMayEndItselfAndOthersWhenTold) {
  std::unique_ptr<DirectoryWatch> a, b;
  int told = 0;
  a = watcher->watch(folder, [&] { ++told, a.reset(), b.reset(); });
  b = watcher->watch(folder, [&] { ++told, a.reset(), b.reset(); });
  touch("a");
  EXPECT_TRUE(run_until([&] { return told > 0; }));
  EXPECT_EQ(told, 1);
}

TEST_F(FileWatchTest, AMissingDirectoryGivesNoWatch) {
  EXPECT_FALSE(watcher->watch(folder + "/gone", [] {}));
}

}  // namespace
}  // namespace courier
