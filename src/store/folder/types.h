// The words of the folder store: UIDs, flags, a message as a folder's snapshot shows it, and how operations fail.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/named.h"
#include "base/result.h"
#include "base/time.h"

namespace courier::store {

using Uid = Named<struct UidTag, std::uint32_t>;                  // RFC 3501, section 2.3.1.1; 0 is none
using UidValidity = Named<struct UidValidityTag, std::uint32_t>;
using ModSeq = Named<struct ModSeqTag, std::uint64_t>;            // RFC 7162; one counter for the whole account

// The system flags, as a set of bits. \Recent is not one of them: see View.
enum class Flag : std::uint8_t { Draft = 1, Flagged = 2, Answered = 4, Seen = 8, Deleted = 16 };
struct Flags {
  std::uint8_t bits = 0;
  bool operator==(const Flags&) const = default;
  [[nodiscard]] constexpr bool has(Flag flag) const { return (bits & static_cast<std::uint8_t>(flag)) != 0; }
  constexpr Flags& add(Flag flag) { bits |= static_cast<std::uint8_t>(flag); return *this; }
  constexpr Flags& remove(Flag flag) { bits &= static_cast<std::uint8_t>(~static_cast<unsigned>(flag)); return *this; }
};

// One message, as small as can be: a folder of 50,000 has 50,000 of them in memory.
struct Message {
  Uid uid;
  Flags flags;
  bool fresh = false;             // still in new/: no session that may write has seen it (RECENT of STATUS)
  std::uint32_t keyword_set = 0;  // Snapshot::keywords(); 0: none
  ModSeq modseq;                  // of its last change
  std::uint64_t stored_size = 0;  // from ",S=" of its name, LF line ends: a hint, 0 when unknown
  bool operator==(const Message&) const = default;
};

enum class StoreFault {
  NotFound,     // no such folder
  Exists,       // the folder is there already
  InvalidName,  // not a name a folder can have, or an operation this folder does not allow (deleting the inbox)
  Gone,         // the message is no longer there
  OverQuota,    // the account has no room left (IMAP: NO [OVERQUOTA])
  NoSpace,      // the disk is full
  Broken,       // the disk failed; `text` says how
};
struct StoreError {
  StoreFault fault = StoreFault::Broken;
  std::string text;  // for the log; may hold paths, never shown to a client
};
template <class T>
using StoreResult = Result<T, StoreError>;

// How a STORE changes flags and keywords (RFC 3501, section 6.4.6).
struct FlagChange {
  enum class Kind : std::uint8_t { Replace, Add, Remove } kind = Kind::Add;
  Flags flags;
  std::vector<std::string> keywords;  // compared without regard to ASCII case; the first spelling in a folder stays
};

struct FolderStatus {
  std::uint32_t messages = 0, unseen = 0, recent = 0, deleted = 0;
  Uid uid_next;
  UidValidity uid_validity;
  ModSeq highest_modseq;
  std::uint64_t stored_size = 0;  // sum of the hints
  std::string id;                 // lasting folder id (RFC 8474, MAILBOXID): survives RENAME
};

}  // namespace courier::store
