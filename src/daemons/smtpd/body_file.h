// Writing to the file that queue opened for a body. Blocks: for the pool only.
#pragma once

#include <cstdint>
#include <string_view>

namespace courier::smtpd {

// All of `bytes` at `offset`. Gives 0 or the errno.
[[nodiscard]] int write_fully(int fd, std::uint64_t offset, std::string_view bytes);

}  // namespace courier::smtpd
