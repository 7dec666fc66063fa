#include "runtime/disk.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <set>
#include <thread>

#include "runtime/testing/simulated_disk.h"

namespace courier {
namespace {

// The same behaviour is asked of both disks.
class EveryDisk : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      char name[] = "/tmp/courier-disk-XXXXXX";
      folder_ = ::mkdtemp(name);
    } else {
      folder_ = "/mail";
      ASSERT_TRUE(simulated_.make_directory(folder_, 0700));
    }
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(disk(), folder_)); }
  Disk& disk() { return GetParam() ? real_disk() : simulated_; }
  std::string at(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, std::string_view bytes) {
    auto file = disk().open(at(name), OpenMode::Create);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(0, bytes));
    ASSERT_TRUE((*file)->sync());
    ASSERT_TRUE((*file)->close());
  }
  SimulatedDisk simulated_;
  std::string folder_;
};
INSTANTIATE_TEST_SUITE_P(Disks, EveryDisk, testing::Bool(), [](const auto& i) { return i.param ? "Real" : "Simulated"; });

TEST_P(EveryDisk, WritesReadsAndTruncates) {
  write("a", "hello world");
  EXPECT_EQ(read_file(disk(), at("a")), "hello world");
  auto file = disk().open(at("a"), OpenMode::ReadWrite);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->truncate(5));
  ASSERT_TRUE((*file)->write_at(8, "x"));
  EXPECT_EQ(read_file(disk(), at("a")), std::string("hello\0\0\0x", 9));
  EXPECT_EQ(read_file(disk(), at("a"), 4).error().os_error, EFBIG);
}

// More of them than one system call takes, empty ones among them.
TEST_P(EveryDisk, WritesPiecesOneBehindTheOther) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 40; ++i) texts.emplace_back(i % 5 * 1000, static_cast<char>('a' + i % 26));
  std::string whole;
  for (const std::string& text : texts) whole += text;
  const std::vector<std::string_view> pieces(texts.begin(), texts.end());
  for (const OpenMode mode : {OpenMode::CreateNew, OpenMode::Append}) {
    auto file = disk().open(at("a"), mode);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_pieces(3, pieces));
    ASSERT_TRUE((*file)->write_pieces(0, {}));
  }
  EXPECT_EQ(read_file(disk(), at("a")), std::string(3, '\0') + whole + whole);
}

// A signal ends a write to a full pipe: with what it wrote until then, wherever in a piece that is.
TEST(RealDisk, AWriteThatStoppedWithinAPieceGoesOnThere) {
  struct sigaction interrupt{}, before{};
  interrupt.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGUSR1, &interrupt, &before), 0);
  char folder[] = "/tmp/courier-disk-XXXXXX";
  const std::string path = std::string(::mkdtemp(folder)) + "/pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const Descriptor reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  const int room = ::fcntl(reader.get(), F_SETPIPE_SZ, 4096);
  ASSERT_GT(room, 0);

  std::string whole;
  for (std::size_t line = 0; whole.size() < 6 * static_cast<std::size_t>(room); ++line) whole += std::to_string(line) + " ";
  std::vector<std::string_view> pieces;
  // Few enough for one call: only a signal ends it before its end.
  for (std::size_t at = 0; at < whole.size(); at += 3000) pieces.push_back(std::string_view(whole).substr(at, 3000));
  auto file = real_disk().open(path, OpenMode::Append);
  ASSERT_TRUE(file);
  ASSERT_EQ(::fcntl((*file)->descriptor(), F_SETFL, O_APPEND), 0);  // it waits for room
  bool written = false;
  std::thread writer([&] { written = (*file)->write_pieces(0, pieces).has_value(); });
  std::string got;
  for (int looks = 0; got.size() < whole.size(); ++looks) {
    ASSERT_LT(looks, 50'000) << "the pipe does not fill";
    int waiting = 0;
    ASSERT_EQ(::ioctl(reader.get(), FIONREAD, &waiting), 0);
    if (waiting < room && got.size() + static_cast<std::size_t>(waiting) < whole.size()) {
      ::usleep(100);
      continue;
    }
    if (waiting == room) ::pthread_kill(writer.native_handle(), SIGUSR1);
    ::usleep(1'000);
    std::string part(static_cast<std::size_t>(waiting), '\0');
    ASSERT_EQ(::read(reader.get(), part.data(), part.size()), waiting);
    got += part;
  }
  writer.join();
  EXPECT_TRUE(written);
  EXPECT_EQ(got, whole);
  EXPECT_TRUE(remove_tree(real_disk(), folder));
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_P(EveryDisk, OpenModes) {
  EXPECT_EQ(disk().open(at("a"), OpenMode::Read).error().os_error, ENOENT);
  EXPECT_EQ(disk().open(at("a"), OpenMode::ReadWrite).error().os_error, ENOENT);
  ASSERT_TRUE(disk().open(at("a"), OpenMode::CreateNew));
  EXPECT_EQ(disk().open(at("a"), OpenMode::CreateNew).error().os_error, EEXIST);
  for (int i = 0; i < 2; ++i) {
    auto file = disk().open(at("a"), OpenMode::Append);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(0, "ab"));
  }
  EXPECT_EQ(read_file(disk(), at("a")), "abab");
}

TEST_P(EveryDisk, RenameReplacesAndRenameNewDoesNot) {
  write("a", "1");
  write("b", "2");
  EXPECT_EQ(disk().rename_new(at("a"), at("b")).error().os_error, EEXIST);
  ASSERT_TRUE(disk().rename(at("a"), at("b")));
  EXPECT_EQ(read_file(disk(), at("b")), "1");
  ASSERT_TRUE(disk().rename_new(at("b"), at("c")));
  EXPECT_FALSE(exists(disk(), at("b")));
  EXPECT_EQ(disk().rename(at("b"), at("d")).error().os_error, ENOENT);
}

TEST_P(EveryDisk, UnnamedFilesAndLinks) {
  auto file = disk().create_unnamed(folder_);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(0, "body"));
  EXPECT_EQ(disk().list(folder_)->size(), 0u);
  ASSERT_TRUE((*file)->link_as(at("a")));
  EXPECT_EQ((*file)->link_as(at("a")).error().os_error, EEXIST);
  ASSERT_TRUE(disk().link(at("a"), at("b")));
  EXPECT_EQ(disk().facts(at("b"))->links, 2u);
  ASSERT_TRUE(disk().unlink(at("a")));
  EXPECT_EQ(read_file(disk(), at("b")), "body");
  EXPECT_EQ(disk().unlink(at("a")).error().os_error, ENOENT);
}

// As on btrfs.
TEST(SimulatedDisk, WhatIsSyncedWithoutANameIsNotSafe) {
  SimulatedDisk disk;
  auto file = disk.create_unnamed("/");
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(0, "body"));
  ASSERT_TRUE((*file)->sync());
  ASSERT_TRUE((*file)->link_as("/a"));
  ASSERT_TRUE(disk.sync_directory("/"));
  EXPECT_EQ(read_file(*disk.survivor(0), "/a"), "");
  ASSERT_TRUE((*file)->sync());
  EXPECT_EQ(read_file(*disk.survivor(0), "/a"), "body");
}

TEST(SimulatedDisk, AFileWithoutANameIsSyncedWithItsVolume) {
  SimulatedDisk disk;
  auto file = disk.create_unnamed("/");
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(0, "body"));
  ASSERT_TRUE((*file)->volume()->sync());
  ASSERT_TRUE((*file)->link_as("/a"));
  ASSERT_TRUE(disk.sync_directory("/"));
  EXPECT_EQ(read_file(*disk.survivor(0), "/a"), "body");
}

TEST_P(EveryDisk, AVolumeIsSyncedFromAnyOfItsFilesAlsoWhenThatIsClosed) {
  auto file = disk().open(at("a"), OpenMode::Create);
  ASSERT_TRUE(file);
  const VolumePtr volume = (*file)->volume();
  if (!volume) GTEST_SKIP() << "this file system cannot be synced as a whole";
  ASSERT_TRUE((*file)->write_at(0, "hello"));
  ASSERT_TRUE((*file)->close());
  EXPECT_TRUE(volume->sync());
}

TEST_P(EveryDisk, DirectoriesListAndTrees) {
  ASSERT_TRUE(make_directories(disk(), at("x/y/z")));
  ASSERT_TRUE(make_directories(disk(), at("x/y/z")));
  write("x/y/file", "1");
  std::set<std::string> names;
  for (const auto& entry : *disk().list(at("x/y"))) names.insert(entry.name);
  EXPECT_EQ(names, (std::set<std::string>{"file", "z"}));
  EXPECT_EQ(disk().remove_directory(at("x")).error().os_error, ENOTEMPTY);
  ASSERT_TRUE(remove_tree(disk(), at("x")));
  ASSERT_TRUE(remove_tree(disk(), at("x")));
  EXPECT_EQ(make_directories(disk(), at("f/g")).has_value(), true);
}

TEST_P(EveryDisk, ADirectoryReadsItsFiles) {
  write("a", "hello world");
  EXPECT_EQ(disk().open_directory(at("none")).error().os_error, ENOENT);
  EXPECT_EQ(disk().open_directory(at("a")).error().os_error, ENOTDIR);
  const auto directory = disk().open_directory(folder_);
  ASSERT_TRUE(directory);
  char bytes[20];
  FileFacts facts;
  for (const std::uint64_t expected : {0u, 5u, 11u, 30u}) {  // 5: a wrong guess, corrected by what a single read gives
    ASSERT_EQ((*directory)->read("a", bytes, expected, &facts), 11u);
    EXPECT_EQ(std::string_view(bytes, 11), "hello world");
    EXPECT_EQ(facts.size, 11u);
  }
  EXPECT_EQ((*directory)->read("a", std::span(bytes, 4), 11, nullptr), 4u);
  EXPECT_EQ((*directory)->read("b", bytes, 0, nullptr).error().os_error, ENOENT);
  ASSERT_TRUE(disk().rename(at("a"), at("b")));
  EXPECT_EQ((*directory)->read("b", bytes, 11, nullptr), 11u);
}

TEST_P(EveryDisk, ReplaceFileLeavesNothingBeside) {
  ASSERT_TRUE(replace_file(disk(), at("state"), "one"));
  ASSERT_TRUE(replace_file(disk(), at("state"), "two"));
  EXPECT_EQ(read_file(disk(), at("state")), "two");
  EXPECT_EQ(disk().list(folder_)->size(), 1u);
}

TEST(RealDisk, NeverFollowsALinkInTheLastComponent) {
  char name[] = "/tmp/courier-disk-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  ASSERT_EQ(::symlink("/etc/passwd", (folder + "/link").c_str()), 0);
  EXPECT_EQ(real_disk().open(folder + "/link", OpenMode::Read).error().os_error, ELOOP);
  ASSERT_EQ(::mkfifo((folder + "/fifo").c_str(), 0600), 0);
  EXPECT_TRUE(real_disk().open(folder + "/fifo", OpenMode::Read));  // and does not wait for a writer
  EXPECT_TRUE(remove_tree(real_disk(), folder));
}

// --- what a crash leaves ---

void put(SimulatedDisk& disk, const std::string& path, std::string_view bytes, bool sync) {
  auto file = disk.open(path, OpenMode::Create);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(0, bytes));
  if (sync) ASSERT_TRUE((*file)->sync());
}

TEST(SimulatedDisk, OnlyWhatWasSyncedIsSure) {
  SimulatedDisk disk;
  put(disk, "/a", "data", true);  // its name is not
  EXPECT_FALSE(exists(*disk.survivor(0), "/a"));
  EXPECT_EQ(read_file(*disk.survivor(1), "/a"), "data");
  ASSERT_TRUE(disk.sync_directory("/"));
  EXPECT_EQ(read_file(*disk.survivor(0), "/a"), "data");
  put(disk, "/a", "DATA", false);
  EXPECT_EQ(read_file(*disk.survivor(0), "/a"), "data");
}

TEST(SimulatedDisk, WhatComesThroughALentDescriptorIsAWriteLikeOthers) {
  SimulatedDisk disk;
  put(disk, "/other", "x", true);
  EXPECT_EQ((*disk.open("/other", OpenMode::Read))->descriptor(), -1);
  disk.lend_descriptors("/lent");
  ASSERT_TRUE(disk.make_directory("/lent", 0700));
  ASSERT_TRUE(disk.sync_directory("/"));
  const auto file = disk.create_unnamed("/lent");
  ASSERT_TRUE(file);
  ASSERT_EQ(::pwrite((*file)->descriptor(), "data", 4, 0), 4);
  EXPECT_EQ((*file)->size(), 4u);
  ASSERT_TRUE((*file)->link_as("/lent/a"));
  ASSERT_TRUE(disk.sync_directory("/lent"));
  EXPECT_EQ(read_file(*disk.survivor(0), "/lent/a"), "");
  ASSERT_TRUE((*file)->sync());
  const auto left = disk.survivor(0);
  const auto again = left->open("/lent/a", OpenMode::Read);
  char bytes[8];
  EXPECT_EQ(std::string_view(bytes, static_cast<std::size_t>(::pread((*again)->descriptor(), bytes, 8, 0))), "data");
}

TEST(SimulatedDisk, RenameBeforeSyncLeavesEmptyFiles) {
  SimulatedDisk disk;
  put(disk, "/t", "data", false);
  ASSERT_TRUE(disk.rename("/t", "/a"));
  ASSERT_TRUE(disk.sync_directory("/"));
  EXPECT_EQ(read_file(*disk.survivor(0), "/a"), "");
}

TEST(SimulatedDisk, ReplaceFileIsOldOrNewAtEveryBoundary) {
  SimulatedDisk disk;
  ASSERT_TRUE(replace_file(disk, "/state", std::string(3000, 'o')));
  int seen = 0;
  disk.set_boundary_hook([&](std::uint64_t) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const auto content = read_file(*disk.survivor(seed), "/state");
      ASSERT_TRUE(content);
      EXPECT_TRUE(*content == std::string(3000, 'o') || *content == std::string(3000, 'n'));
      ++seen;
    }
  });
  ASSERT_TRUE(replace_file(disk, "/state", std::string(3000, 'n')));
  EXPECT_GE(seen, 250);
  EXPECT_EQ(read_file(*disk.survivor(0), "/state"), std::string(3000, 'n'));
}

TEST(SimulatedDisk, ARenameSurvivesWholeOrNotAtAll) {
  SimulatedDisk disk;
  ASSERT_TRUE(disk.make_directory("/tmp", 0700));
  ASSERT_TRUE(disk.make_directory("/new", 0700));
  put(disk, "/tmp/m", "data", true);
  ASSERT_TRUE(disk.sync_directory("/"));
  ASSERT_TRUE(disk.sync_directory("/tmp"));
  ASSERT_TRUE(disk.rename("/tmp/m", "/new/m"));
  bool moved = false;
  bool stayed = false;
  for (std::uint64_t seed = 2; seed < 60; ++seed) {
    const auto after = disk.survivor(seed);
    EXPECT_NE(exists(*after, "/tmp/m"), exists(*after, "/new/m"));
    (exists(*after, "/new/m") ? moved : stayed) = true;
  }
  EXPECT_TRUE(moved && stayed);
}

TEST(SimulatedDisk, WritesTearAtSectors) {
  SimulatedDisk disk;
  put(disk, "/a", std::string(4096, 'o'), true);
  ASSERT_TRUE(disk.sync_directory("/"));
  put(disk, "/a", std::string(4096, 'n'), false);
  bool torn = false;
  for (std::uint64_t seed = 2; seed < 60; ++seed) {
    const std::string content = *read_file(*disk.survivor(seed), "/a");
    ASSERT_EQ(content.size(), 4096u);
    for (std::size_t i = 0; i < 4096; ++i) ASSERT_EQ(content[i], content[i / 512 * 512]);
    torn = torn || (content.find('o') != std::string::npos && content.find('n') != std::string::npos);
  }
  EXPECT_TRUE(torn);
}

TEST(SimulatedDisk, AFailedSyncLosesItsPagesForGood) {
  SimulatedDisk disk;
  auto file = disk.open("/a", OpenMode::Create);
  ASSERT_TRUE(disk.sync_directory("/"));
  ASSERT_TRUE((*file)->write_at(0, "lost"));
  disk.fail_next_sync("/a");
  EXPECT_FALSE((*file)->sync());
  EXPECT_EQ(read_file(disk, "/a"), "lost");
  EXPECT_TRUE((*file)->sync());
  EXPECT_EQ(read_file(*disk.survivor(1), "/a"), "");
}

TEST(SimulatedDisk, ASyncOfTheVolumeMakesBytesAndNamesSafe) {
  SimulatedDisk disk;
  auto file = disk.open("/a", OpenMode::Create);
  ASSERT_TRUE((*file)->write_at(0, "old"));
  ASSERT_TRUE(disk.rename("/a", "/b"));
  EXPECT_TRUE((*file)->volume()->sync());
  ASSERT_TRUE((*file)->write_at(0, "new"));
  EXPECT_EQ(read_file(*disk.survivor(0), "/b"), "old");
  EXPECT_FALSE(exists(*disk.survivor(0), "/a"));
}

TEST(SimulatedDisk, AFailedSyncOfTheVolumeIsToldByTheFilesThatLostSomething) {
  SimulatedDisk disk;
  auto lost = disk.open("/a", OpenMode::Create);
  auto kept = disk.open("/b", OpenMode::Create);
  ASSERT_TRUE(disk.sync_directory("/"));
  ASSERT_TRUE((*lost)->write_at(0, "lost"));
  ASSERT_TRUE((*kept)->write_at(0, "kept"));
  disk.fail_next_volume_sync("/a");
  const VolumePtr volume = (*kept)->volume();
  EXPECT_FALSE(volume->sync());
  EXPECT_FALSE((*lost)->sync());
  EXPECT_TRUE((*lost)->sync());
  EXPECT_TRUE((*kept)->sync());
  EXPECT_TRUE(volume->sync());
  EXPECT_EQ(read_file(*disk.survivor(1), "/a"), "");
  EXPECT_EQ(read_file(*disk.survivor(0), "/b"), "kept");
}

TEST(SimulatedDisk, ADirectoryWhoseNameIsNotSafeDoesNotStay) {
  SimulatedDisk disk;
  disk.fail_next_directory_sync("/mail");
  EXPECT_FALSE(make_directories(disk, "/mail/ann"));
  EXPECT_TRUE(make_directories(disk, "/mail/ann"));
  EXPECT_TRUE(exists(*disk.survivor(0), "/mail/ann"));
}

TEST(SimulatedDisk, FullDiskAndCrashedDisk) {
  SimulatedDisk disk;
  disk.set_capacity(1000);
  put(disk, "/a", std::string(900, 'x'), true);
  auto file = disk.open("/b", OpenMode::Create);
  EXPECT_EQ((*file)->write_at(0, std::string(200, 'y')).error().os_error, ENOSPC);
  ASSERT_TRUE(disk.unlink("/a"));
  EXPECT_TRUE((*file)->write_at(0, std::string(200, 'y')));
  EXPECT_EQ(disk.used_bytes(), 200u);
  disk.crash_at(disk.boundaries() + 2);
  EXPECT_TRUE((*file)->sync());
  EXPECT_EQ((*file)->sync().error().os_error, EIO);
  EXPECT_TRUE(disk.crashed());
}

}  // namespace
}  // namespace courier
