// The productions that an address is made of. Each takes its match from the front of `rest` and says whether there was
// one; without a match `rest` is where reading stopped.
#pragma once

#include <string>
#include <string_view>

#include "wire/address/mailbox.h"

namespace courier::address {

// atext (RFC 5322, section 3.2.3; UTF8-non-ascii by RFC 6531, section 3.3).
[[nodiscard]] bool is_atext(char c, Utf8 utf8);
// Dot-string = Atom *("." Atom) (RFC 5321, section 4.1.2), appended to `out`.
[[nodiscard]] bool take_dot_string(std::string_view& rest, Utf8 utf8, std::string& out);
// Quoted-string (RFC 5321, section 4.1.2); `out` gets what it means.
[[nodiscard]] bool take_quoted_string(std::string_view& rest, Utf8 utf8, std::string& out);
// Domain (RFC 5321, section 4.1.2; U-labels by RFC 6531, section 3.3). Underscores pass: such names exist. A final dot is
// taken and dropped.
[[nodiscard]] bool take_domain(std::string_view& rest, Utf8 utf8, std::string& out);
// address-literal (RFC 5321, section 4.1.3), brackets included.
[[nodiscard]] bool take_address_literal(std::string_view& rest, std::string& out);

// IPv4-address-literal and IPv6-addr (RFC 5321, section 4.1.3; RFC 4291, section 2.2), the whole text.
[[nodiscard]] bool is_ipv4(std::string_view text);
[[nodiscard]] bool is_ipv6(std::string_view text);

}  // namespace courier::address
