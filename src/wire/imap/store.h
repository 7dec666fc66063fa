// STORE (RFC 3501, section 6.4.6).
#pragma once

#include <cstdint>
#include <string>

#include "wire/imap/flags.h"
#include "wire/imap/sequence_set.h"

namespace courier::imap {

struct StoreArguments {
  enum class Change : std::uint8_t { Replace, Add, Remove };
  SequenceSet set;
  Change change = Change::Replace;
  bool silent = false;
  FlagList flags;
  bool operator==(const StoreArguments&) const = default;
};

// After "STORE".
[[nodiscard]] StoreArguments parse_store(Tokens& in);
void write_store(std::string& out, const StoreArguments& store);

}  // namespace courier::imap
