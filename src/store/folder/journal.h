// The folder's journal: one small text file, "courier-folder" in the folder's directory, to which changes are appended and which is
// rewritten when it has grown. Version 1. Each line is a record with its CRC-32 in front:
//
//   9c1f00aa courier-folder 1 1795000000 5f0c...   version, UIDVALIDITY, lasting id of the folder; the first line
//   xxxxxxxx N 2001                     UIDs below this may have been told (synced before they are)
//   xxxxxxxx M 12 9001 c 1795.Q5R0.mx1,S=10:2,S     message: UID, modseq, new/ or cur/, file name; a later one replaces it
//   xxxxxxxx K 12 9002 Work $Forwarded  its keywords, all of them
//   xxxxxxxx P 12 UID116-1700000000     the UIDL that POP3 clients know it by
//   xxxxxxxx A 12 9003 1795000123       gone from the disk since that time; it may come back
//   xxxxxxxx E 12 9004                  expunged
//   xxxxxxxx X 8000                     expunges up to this modseq are forgotten
//   xxxxxxxx C 13 9004 2 1 0 1 6543 1795000001000000 1795000002000000 1    closed: UIDNEXT, highest modseq, messages, unseen, recent,
//                                       deleted, stored bytes, mtimes (µs) of new/ and cur/, 1: these were settled; counts only
//                                       as the last record
//
// Control characters, backslash and, in keywords, spaces stand as \ooo. Reading stops at the first line that is torn or wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/folder/types.h"
#include "store/maildir/maildir.h"

namespace courier::store {

inline constexpr std::uint32_t journal_version = 1;

struct JournalRecord {
  enum class Kind : char {
    Header = 'H',
    Mark = 'N',
    Message = 'M',
    Keywords = 'K',
    UniqueId = 'P',
    Absent = 'A',
    Expunged = 'E',
    Forgotten = 'X',
    Closed = 'C',
  } kind = Kind::Mark;
  Uid uid{};                           // Mark and Closed: UIDNEXT
  ModSeq modseq{};
  std::string text{};                  // Header: id; Message: file name; UniqueId
  std::vector<std::string> keywords{};
  Place place = Place::Cur;
  UidValidity uid_validity{};          // Header
  std::int64_t since = 0;              // Absent: seconds
  FolderStatus status{};               // Closed: the counts
  WallTime new_modified{}, cur_modified{};  // Closed
  bool settled = false;                // Closed
  bool operator==(const JournalRecord&) const = default;
};

// One line, with its line end.
[[nodiscard]] std::string write_record(const JournalRecord& record);
// `line` without its line end; nothing when the sum or the grammar is wrong.
[[nodiscard]] std::optional<JournalRecord> parse_record(std::string_view line);

struct JournalText {
  std::vector<JournalRecord> records;
  bool torn = false;                   // something after the last good record: the file must be rewritten before it is appended to
};
[[nodiscard]] JournalText parse_journal(std::string_view text);
// The last record alone, from the end of the file: for a summary without reading everything.
[[nodiscard]] std::optional<JournalRecord> parse_last_record(std::string_view tail);

}  // namespace courier::store
