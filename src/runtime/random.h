// Random bytes from the kernel; any thread. CHECK fails when it has none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace courier {

[[nodiscard]] std::string random_bytes(std::size_t count);
[[nodiscard]] std::uint64_t random_u64();

}  // namespace courier
