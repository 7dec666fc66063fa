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
  // What was computed before is enough.
  [[nodiscard]] bool satisfied_by(const store::Computed& computed) const { return !bytes && (!structure || !computed.structure.empty()); }
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

[[nodiscard]] bool is_section(imap::FetchItem::Kind kind);
// RFC822, RFC822.HEADER and RFC822.TEXT are names of sections, too.
[[nodiscard]] imap::Section section_of(const imap::FetchItem& item);

}  // namespace courier::mailbox
