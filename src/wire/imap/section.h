// Which part of a message FETCH asks for (RFC 3501, sections 6.4.5 and 9: section, partial).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wire/imap/token.h"

namespace courier::imap {

struct Section {
  enum class Text : std::uint8_t { None, Header, HeaderFields, HeaderFieldsNot, Text, Mime };
  std::vector<std::uint32_t> part;  // "1.2"; empty: the message itself
  Text text = Text::None;           // None: the whole body of the part (or, without a part, the whole message)
  std::vector<std::string> fields;  // for HeaderFields and HeaderFieldsNot
  bool operator==(const Section&) const = default;
};

struct Partial {
  std::uint32_t start = 0, count = 0;  // octets; count is above 0
  bool operator==(const Partial&) const = default;
};

// From "[" to "]".
[[nodiscard]] Section parse_section(Tokens& in);
// "<" number "." nz-number ">"; nothing when none is there.
[[nodiscard]] std::optional<Partial> parse_partial(Tokens& in);
void write_section(std::string& out, const Section& section);

}  // namespace courier::imap
