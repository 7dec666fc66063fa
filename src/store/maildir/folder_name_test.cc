#include "store/maildir/folder_name.h"

#include <gtest/gtest.h>

namespace courier::store {
namespace {

TEST(FolderName, AcceptsAndRefuses) {
  struct Case {
    const char* text;
    const char* path;  // null: refused
  };
  const Case cases[] = {
      {"", ""},
      {"INBOX", ""},
      {"inbox", ""},
      {"Work", "Work"},
      {"Work.2024", "Work.2024"},
      {".Work", nullptr},
      {"Work.", nullptr},
      {"a..b", nullptr},
      {"a/b", nullptr},
      {"a\nb", nullptr},
      {"\xff", nullptr},
      {"e\xcc\x81", "\xc3\xa9"},
      {"\xc3\xa9", "\xc3\xa9"},
      {"a b", "a b"},
      {"&AOk-", "&AOk-"},
  };
  for (const Case& c : cases) {
    const auto name = FolderName::parse(c.text);
    ASSERT_EQ(name.has_value(), c.path != nullptr) << c.text;
    if (name) EXPECT_EQ(name->path(), c.path);
  }
  EXPECT_TRUE(FolderName::parse(std::string(254, 'a')));
  EXPECT_FALSE(FolderName::parse(std::string(255, 'a')));
}

TEST(FolderName, ReadsDirectories) {
  EXPECT_EQ(FolderName::from_directory(".Work.2024")->path(), "Work.2024");
  for (const char* entry : {"Work", ".", "..", "..Work", ".a..b", ".a.", ".INBOX", ".\xff", ""}) {
    EXPECT_FALSE(FolderName::from_directory(entry)) << entry;
  }
  // Not normalised: the directory has these bytes.
  EXPECT_EQ(FolderName::from_directory(".e\xcc\x81")->path(), "e\xcc\x81");
}

TEST(FolderName, KnowsItsFamily) {
  const FolderName work = *FolderName::parse("Work");
  const FolderName year = *FolderName::parse("Work.2024");
  const FolderName workshop = *FolderName::parse("Workshop");
  EXPECT_EQ(year.parent(), work);
  EXPECT_TRUE(work.parent().is_inbox());
  EXPECT_TRUE(year.is_below(work));
  EXPECT_FALSE(workshop.is_below(work));
  EXPECT_FALSE(work.is_below(work));
  EXPECT_TRUE(work.is_below(FolderName()));
  EXPECT_EQ(year.moved(work, workshop)->path(), "Workshop.2024");
  EXPECT_FALSE(workshop.moved(work, year));
  EXPECT_FALSE(year.moved(work, *FolderName::parse(std::string(250, 'a'))));
  EXPECT_EQ(year.components(), (std::vector<std::string_view>{"Work", "2024"}));
  EXPECT_EQ(year.directory(), ".Work.2024");
}

}  // namespace
}  // namespace courier::store
