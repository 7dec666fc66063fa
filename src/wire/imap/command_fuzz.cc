#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/imap/command.h"
#include "wire/imap/reader.h"

using namespace courier::imap;

namespace {

// Everything the reader says, with each command's text.
std::string read_all(std::string_view in, std::size_t cut, const Limits& limits) {
  CommandReader reader(limits);
  std::string said;
  for (std::string_view part : {in.substr(0, cut), in.substr(cut)}) {
    while (!part.empty()) {
      const auto step = reader.feed(part);
      if (step == CommandReader::Step::NeedMore) continue;
      said += static_cast<char>('0' + static_cast<int>(step));
      if (step == CommandReader::Step::Continue) continue;
      said += reader.text();
      CHECK(reader.text().size() <= limits.command + 200);
      reader.reset();
    }
  }
  return said;
}

void round_trip(std::string_view text, const Limits& limits) {
  const auto command = parse_command(text, limits);
  if (!command) return;
  const auto again = parse_command(write_command(*command), limits);
  CHECK(again.has_value());
  CHECK(*again == *command);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  Limits limits;
  round_trip(in, limits);
  limits.command = 300;
  const std::size_t cut = size == 0 ? 0 : data[size - 1] % size;
  CHECK(read_all(in, cut, limits) == read_all(in, size, limits));
  return 0;
}
