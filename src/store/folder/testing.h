// For the tests of this folder: an account on a simulated disk, a clock that the test moves, jobs that run inline.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/testing/manual_loop.h"
#include "runtime/testing/simulated_disk.h"
#include "store/folder/store.h"
#include "store/maildir/maildir.h"

namespace courier::store {

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    disk.set_clock([this] { return loop.wall_now(); });
    make_store();
  }
  ~StoreTest() override { end_store(); }

  void make_store() {
    store = std::make_unique<Store>(loop, disk, *pool, nullptr, nullptr, StoreSettings{.host_name = "mx1", .process_id = 7});
  }
  void end_store() {
    account.reset();
    loop.run_ready();
    store.reset();
  }
  AccountPtr the_account() {
    if (!account) account = store->account({.address = "ann@example.test", .maildir = "/m", .quota_bytes = quota, .quota_messages = 0});
    return account;
  }

  // Runs a task of the store to its end.
  template <class T>
  T run(Task<T> task) {
    return run_until_done(loop, std::move(task));
  }
  FolderPtr open(const std::string& name = "") {
    auto folder = run(the_account()->open(*FolderName::parse(name)));
    EXPECT_TRUE(folder) << folder.error().text;
    return folder ? *folder : nullptr;
  }
  // What a mail program would deliver or change by itself.
  void put(const std::string& path, std::string_view content = "Subject: x\n\nbody\n") {
    const auto file = disk.open(path, OpenMode::CreateNew);
    ASSERT_TRUE(file) << to_string(file.error());
    ASSERT_TRUE((*file)->write_at(0, content));
  }
  std::vector<std::string> names(const std::string& folder) {
    std::vector<std::string> result;
    for (const DirectoryEntry& entry : disk.list(folder).value()) result.push_back(entry.name);
    return result;
  }
  std::vector<std::uint32_t> uids(const SnapshotPtr& snapshot) {
    std::vector<std::uint32_t> result;
    for (std::uint32_t i = 0; i < snapshot->size(); ++i) result.push_back(snapshot->at(i).uid.value);
    return result;
  }
  SnapshotPtr refresh(const FolderPtr& folder) { return run(folder->refresh(Access::Examine))->snapshot; }
  StoreResult<Appended> append(const FolderPtr& folder, const std::string& content, Flags flags = {}, Keywords keywords = {}) {
    std::vector<NewMessage> messages(1);
    messages[0].body = folder->upload();
    messages[0].flags = flags;
    messages[0].keywords = std::move(keywords);
    EXPECT_TRUE(run(messages[0].body->write(content)));
    return run(folder->append(std::move(messages)));
  }
  using Numbers = std::vector<std::uint32_t>;

  ManualLoop loop;
  SimulatedDisk disk;
  std::unique_ptr<Pool> pool = make_inline_pool(loop);
  std::unique_ptr<Store> store;
  AccountPtr account;
  std::uint64_t quota = 0;
};

}  // namespace courier::store
