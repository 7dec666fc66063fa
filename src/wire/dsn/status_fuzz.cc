// parse(write(x)) == x for every status that parses.
#include <cstdint>

#include "base/check.h"
#include "wire/dsn/status.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace courier::dsn;
  const auto status = parse_status({reinterpret_cast<const char*>(data), size});
  if (!status) return 0;
  const auto again = parse_status(write(*status));
  CHECK(again);
  CHECK(*again == *status);
  return 0;
}
