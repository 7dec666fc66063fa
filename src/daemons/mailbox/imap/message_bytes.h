// A message's bytes for a job on the pool: from memory, or from its file in chunks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemons/mailbox/imap/output.h"
#include "store/folder/folder.h"

namespace courier::mailbox {

// A message cannot be read to its end. Where that leaves a literal unfinished it ends the session.
struct ReadFailed : SessionEnd {
  ReadFailed() : SessionEnd{"a message could not be read"} {}
};

class MessageBytes {
 public:
  // `message` outlives it.
  explicit MessageBytes(const store::LoadedMessage& message) : message_(message) {}

  [[nodiscard]] std::uint64_t size() const { return message_.size; }
  // From `offset` to `end`, but at most a chunk; empty at the end. Good until the next call. Throws ReadFailed.
  [[nodiscard]] std::string_view read(std::uint64_t offset, std::uint64_t end) {
    constexpr std::uint64_t chunk = 64 * 1024;
    end = std::min(end, message_.size);
    if (offset >= end) return {};
    const auto count = static_cast<std::size_t>(std::min(chunk, end - offset));
    if (message_.has_bytes) return std::string_view(message_.bytes).substr(static_cast<std::size_t>(offset), count);
    buffer_.resize(count);
    const auto got = message_.file->read_at(offset, buffer_);
    if (!got) throw ReadFailed{};
    return std::string_view(buffer_).substr(0, *got);
  }
  // Chunk by chunk, until `take` gives false.
  template <class Take>
  void each(std::uint64_t begin, std::uint64_t end, Take take) {
    while (begin < end) {
      const std::string_view piece = read(begin, end);
      if (piece.empty()) return;
      begin += piece.size();
      if (!take(piece)) return;
    }
  }

 private:
  const store::LoadedMessage& message_;
  std::string buffer_;
};

}  // namespace courier::mailbox
