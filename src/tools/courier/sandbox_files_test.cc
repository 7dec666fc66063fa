#include "tools/courier/sandbox_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "runtime/disk.h"
#include "settings/files.h"
#include "store/accounts/database.h"

namespace courier::tool {
namespace {

namespace fs = std::filesystem;

class SandboxFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "courier-sandbox-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    plan_.folder = name;
  }
  void TearDown() override { fs::remove_all(plan_.folder); }
  SandboxPlan plan_;
};

TEST_F(SandboxFiles, MakesSettingsThatLoad) {
  plan_.port_base = 20000;
  plan_.settings = {"server.log_format=json", "server.host_name=mx.example.test"};
  const auto written = write_sandbox(plan_);
  ASSERT_TRUE(written) << written.error();
  const auto loaded = load_settings(plan_.config());
  ASSERT_TRUE(loaded) << to_text(loaded.error().at(0));
  const SupervisorSettings& server = loaded->snapshot.server;
  EXPECT_EQ(server.listen_smtp, std::vector<std::string>{"127.0.0.1:20025"});
  EXPECT_EQ(server.log_format, "json");
  EXPECT_EQ(server.host_name, "mx.example.test");
  EXPECT_EQ(server.state_dir, plan_.folder + "/state");
}

TEST_F(SandboxFiles, AccountsShareOneCredentialAndStay) {
  plan_.users = 3;
  ASSERT_TRUE(write_sandbox(plan_));
  plan_.users = 200;
  ASSERT_TRUE(write_sandbox(plan_));
  auto database = accounts::AccountDatabase::open(real_disk(), plan_.folder + "/state/auth/accounts.sqlite");
  ASSERT_TRUE(database);
  const auto alice = (*database)->find_account("alice@example.test");
  const auto last = (*database)->find_account("user200@example.test");
  ASSERT_TRUE(alice && *alice && last && *last);
  EXPECT_TRUE(accounts::verify_password((*last)->password, kSandboxPassword));
  EXPECT_FALSE((*last)->scram.empty());
  const auto page = (*database)->accounts({.domain = "example.test", .after = ""});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->size(), 202U);
}

TEST_F(SandboxFiles, CertificateStays) {
  ASSERT_TRUE(write_sandbox(plan_));
  const auto made = fs::last_write_time(plan_.certificate());
  ASSERT_TRUE(write_sandbox(plan_));
  EXPECT_EQ(fs::last_write_time(plan_.certificate()), made);
  EXPECT_EQ(fs::status(plan_.key()).permissions(), fs::perms(0600));
}

TEST_F(SandboxFiles, OnlyAnEmptyFolderOrASandboxIsTaken) {
  EXPECT_TRUE(check_sandbox_folder(plan_.folder + "/new"));
  EXPECT_TRUE(check_sandbox_folder(plan_.folder));
  std::ofstream(plan_.folder + "/thesis.txt") << "x";
  EXPECT_FALSE(check_sandbox_folder(plan_.folder));
  EXPECT_FALSE(check_sandbox_folder(plan_.folder + "/thesis.txt"));
  ASSERT_TRUE(write_sandbox(plan_));
  EXPECT_TRUE(check_sandbox_folder(plan_.folder));
}

TEST_F(SandboxFiles, AWrongSettingIsRefused) {
  plan_.settings = {"nonsense"};
  const auto written = write_sandbox(plan_);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error(), "--set takes table.key=value, not nonsense");
}

}  // namespace
}  // namespace courier::tool
