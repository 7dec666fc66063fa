#include "tools/courier/command.h"

#include <gtest/gtest.h>
#include <sysexits.h>

#include <algorithm>

#include "tools/courier/actions.h"

namespace courier::tool {
namespace {

int run(std::vector<std::string> words) {
  words.insert(words.begin(), "courier");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return run_command_line(static_cast<int>(argv.size()), argv.data());
}

TEST(Commands, EachIsFullyDeclared) {
  std::vector<std::string> groups;
  for (const Command& command : commands()) {
    const std::string name = command.name;
    EXPECT_GT(std::string_view(command.summary).size(), 5U) << name;
    EXPECT_FALSE(std::string_view(command.summary).ends_with('.')) << name;
    if (command.run == nullptr) {
      groups.push_back(name);
      continue;
    }
    EXPECT_TRUE(std::string_view(command.example).starts_with("courier ")) << name;
    EXPECT_NE(std::string_view(command.example).find(name), std::string_view::npos) << name << ": " << command.example;
    const std::size_t space = name.find(' ');
    if (space != name.npos) EXPECT_EQ(std::ranges::count(groups, name.substr(0, space)), 1) << name << " needs its group before it";
  }
}

TEST(Commands, HelpAnswersForEach) {
  ::testing::internal::CaptureStdout();
  for (const Command& command : commands()) {
    std::vector<std::string> words;
    for (const std::string name = command.name; const char c : name) {
      if (c == ' ' || words.empty()) words.emplace_back();
      if (c != ' ') words.back() += c;
    }
    words.emplace_back("--help");
    EXPECT_EQ(run(words), EX_OK) << command.name;
  }
  const std::string text = ::testing::internal::GetCapturedStdout();
  EXPECT_NE(text.find("Example:\n  courier queue list --json"), std::string::npos);
}

TEST(CommandLine, FaultsEndWithUsage) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run({}), EX_USAGE);
  EXPECT_EQ(run({"queue"}), EX_USAGE);
  EXPECT_EQ(run({"nonsense"}), EX_USAGE);
  EXPECT_EQ(run({"account", "show"}), EX_USAGE);
  EXPECT_EQ(run({"domain", "list", "--colour"}), EX_USAGE);
  EXPECT_EQ(run({"completion", "tcsh"}), EX_USAGE);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("ADDRESS is required"), std::string::npos);
}

TEST(CommandLine, SettingsThatAreNotThereEndWithConfig) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run({"status", "--config", "/nonexistent/courier.toml"}), EX_CONFIG);
  EXPECT_EQ(run({"config", "check", "--dir", "/nonexistent"}), EX_CONFIG);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("/nonexistent/etc/courier.toml: cannot be read: No such file or directory"),
            std::string::npos);
}

TEST(CommandLine, SettingsAreExplained) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(run({"config", "explain", "server.stop_time"}), EX_OK);
  EXPECT_NE(::testing::internal::GetCapturedStdout().find("Allowed:  a duration"), std::string::npos);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run({"config", "explain", "server.stop_tmie"}), EX_USAGE);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "courier: there is no setting server.stop_tmie; did you mean server.stop_time?\n");
}

}  // namespace
}  // namespace courier::tool
