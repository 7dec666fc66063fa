#include "settings/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace courier {
namespace {

namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "courier-settings-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directory(folder_ / "courier.d");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text, ::mode_t mode = 0644) {
    std::ofstream(folder_ / name) << text;
    ASSERT_EQ(::chmod((folder_ / name).c_str(), mode), 0);
  }
  [[nodiscard]] std::string main_file() const { return folder_ / "courier.toml"; }

  fs::path folder_;
};

TEST_F(Files, DropInsFollowInOrderOfTheirNames) {
  write("courier.toml", "# main");
  write("courier.d/20-b.toml", "# b");
  write("courier.d/10-a.toml", "# a");
  write("courier.d/.30.toml", "# hidden");
  write("courier.d/40.toml~", "# backup");
  const auto texts = read_settings_files(main_file());
  ASSERT_TRUE(texts);
  ASSERT_EQ(texts->size(), 3U);
  EXPECT_EQ((*texts)[0].text, "# main");
  EXPECT_EQ((*texts)[1].text, "# a");
  EXPECT_EQ((*texts)[2].text, "# b");
  EXPECT_TRUE((*texts)[2].trusted);
}

TEST_F(Files, NoDropInFolderIsFine) {
  write("courier.toml", "");
  fs::remove(folder_ / "courier.d");
  const auto loaded = load_settings(main_file());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->files, std::vector<std::string>{main_file()});
}

TEST_F(Files, AMissingFileIsAFault) {
  const auto texts = read_settings_files(main_file());
  ASSERT_FALSE(texts);
  EXPECT_EQ(to_text(texts.error().at(0)), main_file() + ": cannot be read: No such file or directory");
}

TEST_F(Files, AFolderIsNoFile) {
  write("courier.toml", "");
  fs::create_directory(folder_ / "courier.d/x.toml");
  const auto texts = read_settings_files(main_file());
  ASSERT_FALSE(texts);
  EXPECT_EQ(texts.error().at(0).text, "is not a file");
}

TEST_F(Files, WhoMayWriteDecidesTheTrust) {
  write("courier.toml", "");
  write("courier.d/10-group.toml", "", 0664);
  write("courier.d/80-web.toml", "");
  const auto texts = read_settings_files(main_file());
  ASSERT_TRUE(texts);
  EXPECT_TRUE((*texts)[0].trusted);
  EXPECT_FALSE((*texts)[1].trusted);
  EXPECT_EQ((*texts)[1].why_not, "others than its owner may write this file (chmod go-w)");
  EXPECT_FALSE((*texts)[2].trusted);
  EXPECT_EQ((*texts)[2].why_not, "this file belongs to the web administration");
}

TEST_F(Files, AnotherUsersFileIsNotTrusted) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  write("courier.toml", "");
  ASSERT_EQ(::chown(main_file().c_str(), 12345, 0), 0);
  const auto texts = read_settings_files(main_file());
  ASSERT_TRUE(texts);
  EXPECT_FALSE((*texts)[0].trusted);
  EXPECT_EQ((*texts)[0].why_not, "this file belongs to user 12345");
}

}  // namespace
}  // namespace courier
