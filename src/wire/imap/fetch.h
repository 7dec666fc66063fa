// FETCH (RFC 3501, section 6.4.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wire/imap/section.h"
#include "wire/imap/sequence_set.h"

namespace courier::imap {

struct FetchItem {
  enum class Kind : std::uint8_t {
    Flags,
    Uid,
    InternalDate,
    Size,
    Envelope,
    Body,
    BodyStructure,
    Rfc822,
    Rfc822Header,
    Rfc822Text,
    Section,      // BODY[...]
    PeekSection,  // BODY.PEEK[...]
  };
  Kind kind = Kind::Flags;
  imap::Section section;           // for Section and PeekSection
  std::optional<Partial> partial;  // for Section and PeekSection
  bool operator==(const FetchItem&) const = default;
};

struct FetchArguments {
  SequenceSet set;
  std::vector<FetchItem> items;  // macros (ALL, FAST, FULL) are spelled out
  bool operator==(const FetchArguments&) const = default;
};

// After "FETCH".
[[nodiscard]] FetchArguments parse_fetch(Tokens& in);
void write_fetch(std::string& out, const FetchArguments& fetch);
// The item's name as it stands in the response: BODY[HEADER]<0>.
void write_fetch_item(std::string& out, const FetchItem& item);

}  // namespace courier::imap
