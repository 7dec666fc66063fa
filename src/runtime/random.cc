#include "runtime/random.h"

#include <unistd.h>

#include "base/check.h"

namespace courier {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  constexpr std::size_t at_once = 256;  // getentropy's limit; it blocks only until the kernel's generator is first seeded
  for (std::size_t done = 0; done < count; done += at_once) {
    CHECK(::getentropy(bytes.data() + done, count - done < at_once ? count - done : at_once) == 0);
  }
  return bytes;
}

std::uint64_t random_u64() {
  std::uint64_t value = 0;
  CHECK(::getentropy(&value, sizeof value) == 0);
  return value;
}

}  // namespace courier
