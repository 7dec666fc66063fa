// Modified UTF-7: folder names as IMAP clients without UTF8=ACCEPT write them (RFC 3501, section 5.1.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace courier {

// Nothing when `name` is not valid: bytes outside printable ASCII, wrong base64, a character encoded that stands for
// itself, half a surrogate pair, two shifts in a row. So a name has exactly one form, and from_utf7(to_utf7(x)) == x.
[[nodiscard]] std::optional<std::string> from_utf7(std::string_view name);
// `name` is UTF-8; bytes that are not become U+FFFD.
[[nodiscard]] std::string to_utf7(std::string_view name);

}  // namespace courier
