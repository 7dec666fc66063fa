#include "runtime/stream.h"

#include <cstring>

namespace courier {

std::string to_string(const IoError& error) {
  static constexpr const char* names[] = {"would block", "timed out",   "closed by peer",          "connection reset", "connection refused",
                                          "unreachable", "TLS failure", "certificate not trusted", "I/O error"};
  std::string text = names[static_cast<std::size_t>(error.fault)];
  if (!error.detail.empty()) text += ": " + error.detail;
  if (error.os_error != 0) text += std::string(" (") + std::strerror(error.os_error) + ")";
  return text;
}

IoResult<std::size_t> Stream::write_last(std::string_view bytes) {
  auto taken = write_now(bytes);
  if (taken && *taken == bytes.size()) finish_writing();
  return taken;
}

Task<IoResult<std::size_t>> read_some(Stream& stream, std::span<char> into, Deadline deadline) {
  for (;;) {
    auto got = stream.read_now(into);
    if (got || got.error().fault != IoFault::WouldBlock) co_return got;
    if (auto ready = co_await stream.readable(deadline); !ready) co_return fail(ready.error());
  }
}

Task<IoResult<void>> write_all(Stream& stream, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const auto taken = stream.write_now(bytes);
    if (taken) {
      bytes.remove_prefix(*taken);
    } else if (taken.error().fault == IoFault::WouldBlock) {
      if (auto ready = co_await stream.writable(deadline); !ready) co_return fail(ready.error());
    } else {
      co_return fail(taken.error());
    }
  }
  co_return IoResult<void>{};
}

}  // namespace courier
