#include "tools/courier/manual.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "settings/documents.h"
#include "settings/snapshot.h"
#include "tools/courier/command.h"

namespace courier::tool {
namespace {

namespace fs = std::filesystem;

const fs::path kDocs = fs::path(COURIER_SOURCE_DIR) / "docs";

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Generated, ManualPagesAreCurrent) {
  std::set<std::string> names;
  for (const auto& [name, text] : man_pages()) {
    names.insert(name);
    EXPECT_TRUE(contents(kDocs / "man" / name) == text) << name << " is not current; run: make generated";
  }
  for (const auto& entry : fs::directory_iterator(kDocs / "man")) {
    EXPECT_TRUE(names.contains(entry.path().filename())) << entry.path() << " is no page of any command";
  }
}

TEST(Generated, CompletionsAreCurrent) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_TRUE(contents(kDocs / "completion" / (std::string("courier.") + shell)) == completion_script(shell)) << "run: make generated";
  }
}

TEST(Generated, SettingsAreCurrent) {
  Snapshot defaults;
  EXPECT_TRUE(contents(kDocs / "courier.toml.example") == example_file(defaults.tables())) << "run: make generated";
  EXPECT_TRUE(contents(kDocs / "settings.md") == reference_manual(defaults.tables())) << "run: make generated";
}

TEST(ManualPages, NameEveryCommandAndOption) {
  std::string all;
  for (const auto& [name, text] : man_pages()) all += text;
  for (const Command& command : commands()) {
    if (command.run == nullptr) continue;
    EXPECT_NE(all.find(std::string("\\fBcourier ") + command.name + "\\fR"), std::string::npos) << command.name;
  }
  EXPECT_NE(all.find("\\fB\\-\\-port\\-base\\fR \\fIP\\fR"), std::string::npos);
}

TEST(Completion, KnowsSubcommandsAndChoices) {
  const std::string bash = completion_script("bash");
  EXPECT_NE(bash.find("'queue list '*) words='--config --dir --json --help'"), std::string::npos);
  EXPECT_NE(bash.find("'completion '*) words='bash zsh fish --json --help'"), std::string::npos);
  EXPECT_TRUE(completion_script("zsh").starts_with("#compdef courier\n"));
  EXPECT_NE(completion_script("fish").find("-a hold -d 'Keep messages until they are released'"), std::string::npos);
}

}  // namespace
}  // namespace courier::tool
