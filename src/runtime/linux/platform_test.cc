#include "runtime/platform.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace courier {
namespace {

// KiB of this program's code that are mapped now.
long mapped_code() {
  std::ifstream maps("/proc/self/smaps");
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  bool ours = false;
  long sum = 0;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::string first, second;
    words >> first >> second;
    if (first.find('-') != std::string::npos) ours = second.find('x') != std::string::npos && line.ends_with(program);
    if (ours && first == "Rss:") sum += std::stol(second);
  }
  return sum;
}

TEST(GiveBackMemory, UnmapsCodeThatComesBackWhenItRuns) {
  const long before = mapped_code();
  platform::give_back_memory();
  const long after = mapped_code();
  EXPECT_GT(after, 0);
  EXPECT_LT(after, before);
}

}  // namespace
}  // namespace courier
