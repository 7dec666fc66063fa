#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "wire/pop3/command.h"
#include "wire/pop3/line_reader.h"

using namespace courier::pop3;

namespace {

std::vector<std::string> lines(std::string_view text, std::size_t step) {
  LineReader reader(80);
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size(); at += step) {
    std::string_view piece = text.substr(at, step);
    while (!piece.empty()) {
      const auto outcome = reader.feed(piece);
      if (outcome == LineReader::Outcome::Line) out.push_back(reader.line());
      if (outcome == LineReader::Outcome::TooLong) out.push_back("too long");
      if (outcome == LineReader::Outcome::Malformed) out.push_back("malformed");
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = lines(text, size);
  CHECK(lines(text, 1) == whole);
  CHECK(lines(text, 3) == whole);
  for (const std::string& line : whole) {
    if (const auto command = parse_command(line)) CHECK(parse_command(write(*command)) == *command);
  }
  return 0;
}
