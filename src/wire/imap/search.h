// SEARCH (RFC 3501, section 6.4.4).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wire/imap/date.h"
#include "wire/imap/flags.h"
#include "wire/imap/sequence_set.h"

namespace courier::imap {

struct SearchKey {
  enum class Kind : std::uint8_t {
    All,
    Set,        // sequence numbers in `set`
    Uid,        // UIDs in `set`
    Flag,       // the system flags `flags` are set (SEEN, DELETED, ...)
    NoFlag,     // they are not
    Keyword,    // `text`
    NoKeyword,  // `text`
    Recent,
    Old,        // not Recent
    New,        // Recent and not Seen
    Before,
    On,
    Since,              // internal date against `date`
    SentBefore,
    SentOn,
    SentSince,  // Date header against `date`
    Larger,
    Smaller,                // octets against `number`
    Header,     // field `field` contains `text` (BCC, CC, FROM, SUBJECT and TO are written so as well)
    Body,
    Text,  // contains `text`
    And,
    Or,
    Not,  // of `children`
  };
  Kind kind = Kind::All;
  std::uint8_t flags = 0;
  std::uint32_t number = 0;
  Date date;
  std::string field;
  std::string text;  // in the charset of the command
  SequenceSet set;
  std::vector<SearchKey> children;
  bool operator==(const SearchKey&) const = default;
};

struct SearchArguments {
  std::string charset;  // empty: not given
  SearchKey key;        // always And
  bool operator==(const SearchArguments&) const = default;
};

// After "SEARCH".
[[nodiscard]] SearchArguments parse_search(Tokens& in);
void write_search(std::string& out, const SearchArguments& search);

}  // namespace courier::imap
