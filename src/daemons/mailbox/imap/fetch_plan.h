// What a FETCH needs to know of each message before it can answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/folder/folder.h"
#include "wire/imap/fetch.h"
#include "wire/message/structure.h"

namespace courier::mailbox {

struct FetchPlan {
  explicit FetchPlan(const std::vector<imap::FetchItem>& items, bool uid);

  std::vector<imap::FetchItem> items;  // with UID in front for UID FETCH
  bool date = false;                   // INTERNALDATE
  bool size = false;                   // RFC822.SIZE
  bool structure = false;              // ENVELOPE, BODY, BODYSTRUCTURE, numbered parts
  bool bytes = false;                  // a section of the message
  bool seen = false;                   // sets \Seen
  // Nothing but what the view knows.
  [[nodiscard]] bool from_view() const { return !date && !size && !structure && !bytes; }
};

// One message while it is answered.
struct FetchMessage {
  std::uint32_t number = 0;
  bool flags_changed = false;  // by this FETCH: told although not asked for
  store::Uid uid{};
  WallTime internal_date{};
  std::uint64_t wire_size = 0;
  std::optional<message::Structure> structure{};
  const store::LoadedMessage* loaded = nullptr;
};

// Messages that are answered together. Vectors stand beside `uids`.
struct FetchBatch {
  std::vector<store::Uid> uids;
  std::vector<std::optional<store::Computed>> known;  // without their structure, which stands decoded in the next
  std::vector<std::optional<message::Structure>> structures;
  std::vector<bool> load;                    // the message itself is needed
  std::vector<store::LoadedMessage> loaded;  // of those, the next ones
  std::size_t next_loaded = 0;
  std::vector<store::Computed> learned;      // to be remembered
};

[[nodiscard]] bool is_section(imap::FetchItem::Kind kind);
// RFC822, RFC822.HEADER and RFC822.TEXT are names of sections, too.
[[nodiscard]] imap::Section section_of(const imap::FetchItem& item);

}  // namespace courier::mailbox
