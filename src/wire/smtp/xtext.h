// xtext (RFC 3461, section 4) and the address forms of internationalized DSNs (RFC 6533, section 3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace courier::smtp {

[[nodiscard]] std::string xtext_encode(std::string_view bytes);
// Nothing when the text is not xtext: hexchar is "+" and two upper-case hexadecimal digits; lower case passes too.
[[nodiscard]] std::optional<std::string> xtext_decode(std::string_view text);

// ORCPT's value, `addr-type ";" address`: to and from its decoded form "rfc822;ann@example.org" or, with UTF-8,
// "utf-8;j\u00fcrgen@example.org". Written, a UTF-8 address becomes utf-8-addr-xtext, which every DSN server takes.
[[nodiscard]] std::string original_recipient_encode(std::string_view decoded);
[[nodiscard]] std::optional<std::string> original_recipient_decode(std::string_view text);

}  // namespace courier::smtp
