// Another program renames 1,000 files a second in a folder of 50,000 while a session polls: listings miss files that are there, and yet
// not one EXPUNGE may be told. On the real disk, with real threads.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "runtime/file_watch.h"
#include "store/folder/store.h"
#include "store/folder/view.h"
#include "store/maildir/maildir.h"

namespace courier::store {
namespace {

constexpr std::uint32_t kMessages = 50'000;
constexpr int kSeconds = 3;       // at least, and
constexpr std::uint32_t kPolls = 4;  // at least

std::string name_of(std::uint32_t number, bool seen) {
  return "1800000000.M" + std::to_string(number) + "P1.mx1,S=0:2," + (seen ? "S" : "");
}

class RenameStorm : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/courier-storm-XXXXXX";
    root = std::string(::mkdtemp(name)) + "/Maildir";
    ASSERT_TRUE(make_maildir(real_disk(), root));
    for (std::uint32_t i = 0; i < kMessages; ++i) std::ofstream(root + "/cur/" + name_of(i, false));
  }
  void TearDown() override { std::filesystem::remove_all(parent_path(root)); }

  // 1,000 renames a second, spread over all files.
  void rename_files() {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<bool> seen(kMessages, false);
    for (std::uint32_t i = 0; !stop; ++i) {
      const std::uint32_t number = i * 7919u % kMessages;
      const std::string from = root + "/cur/" + name_of(number, seen[number]);
      seen[number] = !seen[number];
      if (std::rename(from.c_str(), (root + "/cur/" + name_of(number, seen[number])).c_str()) == 0) ++renamed;
      std::this_thread::sleep_until(begin + std::chrono::milliseconds(i));
    }
  }

  std::string root;
  std::atomic<bool> stop = false;
  std::atomic<std::uint32_t> renamed = 0;
};

TEST_F(RenameStorm, NotOneExpungeIsTold) {
  const auto loop = make_loop();
  const auto pool = make_pool(*loop, 2);
  const auto watcher = make_file_watcher(*loop);
  Store store(*loop, real_disk(), *pool, watcher.get(), nullptr, {.host_name = "mx1", .process_id = 7});
  {
    const AccountPtr account = store.account({.address = "ann", .maildir = root});
    const FolderPtr inbox = *run_until_done(*loop, account->open(FolderName()));
    View view(inbox->current());
    ASSERT_EQ(view.size(), kMessages);
    std::thread other([this] { rename_files(); });
    std::uint64_t told = 0;
    std::uint32_t polls = 0;
    std::uint32_t flags = 0;
    int missed = 0;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(kSeconds);
    while (polls < kPolls || std::chrono::steady_clock::now() < end) {
      const auto seen = run_until_done(*loop, inbox->refresh(Access::Select));
      EXPECT_TRUE(seen);
      const ViewChanges changes = view.advance(inbox->current(), Expunges::Tell);
      told += changes.expunged.size();
      flags += static_cast<std::uint32_t>(changes.changed.size());
      EXPECT_FALSE(changes.exists_changed);
      missed += real_disk().list(root + "/cur")->size() < kMessages;
      ++polls;
    }
    stop = true;
    other.join();
    EXPECT_EQ(told, 0u);
    EXPECT_EQ(view.size(), kMessages);
    EXPECT_GT(flags, 100u);
    std::printf("%u renames, %u polls, %d listings that missed a message, %u flag changes told\n", renamed.load(), polls, missed, flags);
    // When it is quiet again, what is really gone is noticed.
    for (const bool seen : {false, true}) std::filesystem::remove(root + "/cur/" + name_of(17, seen));
    for (int i = 0; i < 100 && view.size() == kMessages; ++i) {
      run_until_done(*loop, loop->sleep(milliseconds(100)));
      ASSERT_TRUE(run_until_done(*loop, inbox->refresh(Access::Select)));
      (void)view.advance(inbox->current(), Expunges::Tell);
    }
    EXPECT_EQ(view.size(), kMessages - 1);
  }
  EXPECT_TRUE(run_until_done(*loop, store.settle(loop->in(seconds(10)))));
}

}  // namespace
}  // namespace courier::store
