// Header fields (RFC 5322, section 2.2). Lines may end in LF or CRLF.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace courier::message {

// One field with its folding, its line end included. Points into the header it was read from.
struct RawField {
  std::string_view name;   // empty for a line that is no field
  std::string_view value;  // after the colon, as it stands, without the last line end
  std::string_view whole;
};

// Takes the first field off `header`; nothing at the end or at the blank line that ends a header.
[[nodiscard]] std::optional<RawField> take_field(std::string_view& header);

// In one line: line ends are left out, blanks around are trimmed (RFC 5322, section 2.2.3).
[[nodiscard]] std::string unfold(std::string_view value);

}  // namespace courier::message
