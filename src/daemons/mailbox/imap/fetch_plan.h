// What a FETCH needs to know of each message before it can answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/folder/folder.h"
#include "wire/imap/fetch.h"

namespace courier::mailbox {

struct FetchPlan {
  explicit FetchPlan(const std::vector<imap::FetchItem>& items, bool uid);

  struct Item {
    imap::FetchItem::Kind kind;
    bool section;                         // of the message; RFC822, RFC822.HEADER and RFC822.TEXT are names of some
    std::string name;                     // as the answer tells it, with a space behind
    imap::Section where;
    std::optional<imap::Partial> partial;
  };
  std::vector<Item> items;  // with UID in front for UID FETCH
  bool date = false;        // INTERNALDATE
  bool size = false;        // RFC822.SIZE
  bool structure = false;   // ENVELOPE, BODY, BODYSTRUCTURE, numbered parts
  bool parts = false;       // of these what is not told as it is remembered
  bool bytes = false;       // a section of the message
  bool seen = false;        // sets \Seen
  bool flags = false;       // FLAGS
  // More of the message than its file's date.
  [[nodiscard]] bool content() const { return size || structure || bytes; }
  // Nothing but what the view knows.
  [[nodiscard]] bool from_view() const { return !date && !content(); }
};

// A message to be answered for.
struct FetchMessage {
  std::uint32_t number = 0;
  store::Uid uid{};
  std::string flags{};  // "FLAGS (\Seen)" when they are asked for, or changed by this FETCH
};

}  // namespace courier::mailbox
