// decode and encode are each other's inverse; the calendar comes back.
#include "base/encode.h"

#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "base/text.h"
#include "base/time.h"

using namespace courier;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  CHECK(base64_decode(base64_encode(in)) == in);
  if (const auto bytes = base64_decode(in)) CHECK(base64_encode(*bytes) == in);
  CHECK(hex_decode(hex_encode(in)) == in);
  if (const auto bytes = hex_decode(in)) CHECK(hex_encode(*bytes) == to_lower(in));
  if (size >= 8) {
    std::int64_t seconds = 0;
    std::memcpy(&seconds, data, sizeof seconds);
    const WallTime time = wall_seconds(seconds % 100'000'000'000);  // some three thousand years each way
    CHECK(from_civil(to_civil(time)) == time);
    CHECK(from_civil(to_civil(time, 330), 330) == time);
  }
  return 0;
}
