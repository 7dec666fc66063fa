// Stands in for libFuzzer's main: feeds every file of the folders named on the command line to the fuzz target, and a
// few hundred mutations of each made from a fixed seed, so that `make test` replays a corpus without a fuzzing build.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void feed(const std::string& input) { LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()); }

std::string mutate(std::string input, std::mt19937& random) {
  const std::size_t changes = 1 + random() % 4;
  for (std::size_t i = 0; i < changes; ++i) {
    const std::size_t at = input.empty() ? 0 : random() % input.size();
    switch (random() % 4) {
      case 0: input.insert(at, 1, static_cast<char>(random())); break;
      case 1:
        if (!input.empty()) input.erase(at, 1 + random() % 4);
        break;
      case 2:
        if (!input.empty()) input[at] = static_cast<char>(random());
        break;
      default: input.insert(at, input.substr(at, random() % 16)); break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  std::mt19937 random(20260105);
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      std::fprintf(stderr, "no corpus folder %s\n", argv[i]);
      return 1;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string input{std::istreambuf_iterator<char>(file), {}};
      feed(input);
      for (int round = 0; round < 50; ++round) feed(mutate(input, random));
      ++files;
    }
  }
  if (files == 0) {
    std::fprintf(stderr, "the corpus is empty\n");
    return 1;
  }
  std::printf("%zu inputs replayed\n", files);
}
