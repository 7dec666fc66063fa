#include "tools/courier/unprivileged.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace courier::tool {
namespace {

namespace fs = std::filesystem;

TEST(Barrier, NamesTheFolderThatCannotBePassed) {
  std::string name = (fs::temp_directory_path() / "courier-barrier-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  fs::create_directories(name + "/open/closed/inner");
  const UnixUser stranger{"stranger", 54321, 54321};
  fs::permissions(name, fs::perms(0755));
  fs::permissions(name + "/open/closed", fs::perms(0700));
  EXPECT_EQ(barrier(name + "/open", stranger), "");
  EXPECT_EQ(barrier(name + "/open/not/there/yet", stranger), "");
  EXPECT_EQ(barrier(name + "/open/closed/inner", stranger), name + "/open/closed");
  EXPECT_EQ(barrier(name + "/open/closed/inner", {"owner", ::geteuid(), ::getegid()}), "");
  fs::remove_all(name);
}

TEST(FindUser, KnowsRootAndNoOneElse) {
  EXPECT_EQ(find_user("root")->uid, 0U);
  EXPECT_FALSE(find_user("no-such-user-here"));
}

}  // namespace
}  // namespace courier::tool
