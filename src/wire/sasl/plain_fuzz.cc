#include "base/check.h"
#include "wire/sasl/plain.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace courier::sasl;
  const auto plain = parse_plain({reinterpret_cast<const char*>(data), size});
  if (plain) CHECK(parse_plain(write_plain(*plain)) == *plain);
  return 0;
}
