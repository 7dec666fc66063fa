// Characters of an address where only printing ASCII may stand (RFC 6533, section 3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace courier::address {

// utf-8-addr-xtext = 1*(QCHAR / EmbeddedUnicodeChar): everything but QCHAR (printing ASCII without space, '\', '+' and '=') becomes
// "\x{HEX}". `utf8` that is not UTF-8 gives U+FFFD.
[[nodiscard]] std::string escape_unicode(std::string_view utf8);
// Nothing when an escape is broken or names no character, or the result is not UTF-8. What is no escape is taken as it stands, UTF-8 as
// well (utf-8-addr-unitext).
[[nodiscard]] std::optional<std::string> unescape_unicode(std::string_view text);

}  // namespace courier::address
