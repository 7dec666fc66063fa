#include "store/maildir/maildir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "runtime/testing/simulated_disk.h"

namespace courier::store {
namespace {

FolderName name(const char* text) { return *FolderName::parse(text); }

class MaildirTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(make_maildir(disk, root)); }
  void put(const std::string& path, std::string_view content = "x") {
    const auto file = disk.open(path, OpenMode::Create);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(0, content));
  }
  std::vector<std::string> folders() {
    std::vector<std::string> result;
    for (const FolderName& folder : *list_folders(disk, root)) result.push_back(folder.path());
    return result;
  }
  using Names = std::vector<std::string>;
  SimulatedDisk disk;
  std::string root = "/home/ann/Maildir";
};

TEST_F(MaildirTest, IsMadeDurablyAndMayExist) {
  EXPECT_TRUE(is_maildir(disk, root));
  EXPECT_TRUE(make_maildir(disk, root));
  const auto after = disk.survivor(0);
  EXPECT_TRUE(exists(*after, root + "/tmp"));
  EXPECT_TRUE(is_maildir(*after, root));
}

TEST_F(MaildirTest, FoldersAreDirectoriesWithCur) {
  ASSERT_TRUE(create_folder(disk, root, name("Work.2024")));
  ASSERT_TRUE(disk.make_directory(root + "/.notafolder", 0700));
  put(root + "/.file");
  EXPECT_EQ(folders(), (Names{"Work.2024"}));
  EXPECT_TRUE(exists(disk, root + "/.Work.2024/maildirfolder"));
  EXPECT_TRUE(is_maildir(*disk.survivor(0), root + "/.Work.2024"));
  EXPECT_EQ(create_folder(disk, root, name("Work.2024")).error().os_error, EEXIST);
  EXPECT_EQ(create_folder(disk, root, FolderName()).error().os_error, EEXIST);
}

TEST_F(MaildirTest, ANameThatDiffersOnlyByNormalisationIsTaken) {
  ASSERT_TRUE(create_folder(disk, root, *FolderName::from_directory(".e\xcc\x81")));
  EXPECT_EQ(create_folder(disk, root, name("\xc3\xa9")).error().os_error, EEXIST);
}

TEST_F(MaildirTest, RemovingLeavesChildrenAndIsFinishedAfterACrash) {
  ASSERT_TRUE(create_folder(disk, root, name("Work")));
  ASSERT_TRUE(create_folder(disk, root, name("Work.2024")));
  put(root + "/.Work/cur/1.a:2,");
  ASSERT_TRUE(remove_folder(disk, root, name("Work"), "u1"));
  EXPECT_EQ(folders(), (Names{"Work.2024"}));
  EXPECT_EQ(remove_folder(disk, root, name("Work"), "u2").error().os_error, ENOENT);
  EXPECT_EQ(remove_folder(disk, root, FolderName(), "u3").error().os_error, EINVAL);
  ASSERT_TRUE(disk.make_directory(root + "/tmp/u9.removed", 0700));
  put(root + "/tmp/u9.removed/1.a:2,");
  clean_tmp(disk, root, wall_seconds(1));
  EXPECT_FALSE(exists(disk, root + "/tmp/u9.removed"));
}

TEST_F(MaildirTest, RenamingTakesTheChildrenAlong) {
  for (const char* folder : {"a", "a.b", "a.b.c", "ab", "x"}) ASSERT_TRUE(create_folder(disk, root, name(folder)));
  ASSERT_TRUE(rename_folders(disk, root, name("a"), name("n.m")));
  EXPECT_EQ(folders(), (Names{"ab", "n.m", "n.m.b", "n.m.b.c", "x"}));
  EXPECT_EQ(rename_folders(disk, root, name("gone"), name("y")).error().os_error, ENOENT);
  EXPECT_EQ(rename_folders(disk, root, name("n.m"), name("x")).error().os_error, EEXIST);
  EXPECT_EQ(rename_folders(disk, root, name("x"), name("x.y")).error().os_error, EINVAL);
  EXPECT_EQ(folders(), (Names{"ab", "n.m", "n.m.b", "n.m.b.c", "x"}));
}

TEST_F(MaildirTest, AParentThatExistsByNameOnlyCanBeRenamed) {
  ASSERT_TRUE(create_folder(disk, root, name("a.b")));
  ASSERT_TRUE(rename_folders(disk, root, name("a"), name("z")));
  EXPECT_EQ(folders(), (Names{"z.b"}));
}

TEST_F(MaildirTest, AFailedRenameIsUndone) {
  for (const char* folder : {"a", "a.b", "a.c"}) ASSERT_TRUE(create_folder(disk, root, name(folder)));
  // The new name of a.c is too long; nothing may have moved.
  const FolderName target = *FolderName::parse(std::string(253, 'n'));
  EXPECT_EQ(rename_folders(disk, root, name("a"), target).error().os_error, ENAMETOOLONG);
  EXPECT_EQ(folders(), (Names{"a", "a.b", "a.c"}));
}

TEST_F(MaildirTest, MessagesAreFilesWithoutALeadingDot) {
  put(root + "/new/1.a");
  put(root + "/cur/2.b:2,S");
  put(root + "/cur/.nfs123");
  ASSERT_TRUE(disk.make_directory(root + "/cur/sub", 0700));
  auto files = *list_messages(disk, root);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].place, Place::New);
  EXPECT_EQ(files[0].name, "1.a");
  EXPECT_EQ(files[1].place, Place::Cur);
  EXPECT_EQ(file_path(root, files[1].place, files[1].name), root + "/cur/2.b:2,S");
}

TEST_F(MaildirTest, OldTmpFilesAreRemoved) {
  WallTime now = wall_seconds(1'000'000);
  disk.set_clock([&] { return now; });
  put(root + "/tmp/old");
  now = now + hours(1);
  put(root + "/tmp/young");
  clean_tmp(disk, root, now + (hours(36) - minutes(1)));
  EXPECT_FALSE(exists(disk, root + "/tmp/old"));
  EXPECT_TRUE(exists(disk, root + "/tmp/young"));
}

}  // namespace
}  // namespace courier::store
