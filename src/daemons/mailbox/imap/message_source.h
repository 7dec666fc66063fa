// A message's bytes while parts of it are sent: from memory, or from its file in chunks read on the pool. Never more than one
// chunk at a time is copied.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemons/mailbox/imap/output.h"
#include "runtime/pool.h"
#include "store/folder/folder.h"
#include "wire/imap/body_structure.h"
#include "wire/message/structure.h"

namespace courier::mailbox {

inline constexpr std::size_t message_chunk = 64 * 1024;

// Refers to what outlives it.
struct MessageSource {
  Pool& pool;
  const store::LoadedMessage& message;

  // Up to `count` bytes as stored, at most a chunk, from `offset`; fewer only at the end. Throws SessionEnd when the disk fails,
  // since a literal that has begun cannot be taken back.
  [[nodiscard]] Task<std::string> read(std::uint64_t offset, std::uint64_t count) const;
  // Structure of the message, found on the pool when it is a file.
  [[nodiscard]] Task<message::Structure> structure() const;
  // All of `begin` to `end`, but no more than a megabyte.
  [[nodiscard]] Task<std::string> read_header(std::uint64_t begin, std::uint64_t end) const;
};

// Octets `start` to `start + count` of a place, as they are on the wire.
struct Slice {
  imap::SectionPlace place;
  std::uint64_t start = 0;
  std::uint64_t count = 0;
};
// `structure` (may be null) helps to find a late start without reading from the place's beginning.
[[nodiscard]] Task<> write_slice(MessageSource source, const message::Structure* structure, Slice slice, ImapOutput& output);

}  // namespace courier::mailbox
