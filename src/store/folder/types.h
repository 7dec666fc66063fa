// The words of the folder store: UIDs, flags, a message as a folder's snapshot shows it, and how operations fail.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/named.h"
#include "base/result.h"
#include "base/time.h"
#include "store/maildir/flags.h"

namespace courier::store {

using Uid = Named<struct UidTag, std::uint32_t>;                  // RFC 3501, section 2.3.1.1; 0 is none
using UidValidity = Named<struct UidValidityTag, std::uint32_t>;
using ModSeq = Named<struct ModSeqTag, std::uint64_t>;            // RFC 7162; one counter for the whole account

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
  bool operator==(const FolderStatus&) const = default;
};

}  // namespace courier::store
