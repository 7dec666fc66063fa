// Mailbox: an address as SMTP knows it (RFC 5321, section 4.1.2, with UTF-8 by RFC 6531, section 3.3), its reading,
// writing and comparing. Pure: bytes in, value or error out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace courier::address {

// Sizes in octets (RFC 5321, section 4.5.3.1). `path` counts without the angle brackets.
struct Limits {
  std::size_t localpart = 64;
  std::size_t domain = 255;
  std::size_t path = 254;
};

enum class Utf8 { No, Yes };

struct SyntaxError {
  std::size_t offset = 0;     // into the text given
  const char* expected = "";  // "domain", "'>'"
};

struct Mailbox {
  std::string localpart;  // what is meant: quotes and backslashes are gone
  std::string domain;     // as written, without a final dot; "[192.0.2.1]" for an address literal; empty for a bare postmaster
  bool operator==(const Mailbox&) const = default;

  [[nodiscard]] bool is_ascii() const;
  // The domain is an address literal (RFC 5321, section 4.1.3).
  [[nodiscard]] bool is_literal() const { return !domain.empty() && domain.front() == '['; }
};

// The whole text as `local-part "@" domain`; "postmaster" in any case stands alone.
[[nodiscard]] Result<Mailbox, SyntaxError> parse_mailbox(std::string_view text, Utf8 utf8, const Limits& limits = {});

// A path at the front of `text`: `<mailbox>`, `<@a,@b:mailbox>` (the route is dropped, RFC 5321, appendix C), `<>`.
// The null path gives no mailbox. `text` moves behind the closing bracket. The error's offset counts from the old front.
[[nodiscard]] Result<std::optional<Mailbox>, SyntaxError> take_path(std::string_view& text, Utf8 utf8, const Limits& limits = {});

// The whole text as a domain or an address literal.
[[nodiscard]] bool is_domain(std::string_view text, Utf8 utf8, const Limits& limits = {});
[[nodiscard]] bool is_address_literal(std::string_view text);

// "ann@example.org", "\"a b\"@example.org", "postmaster". Quotes only where needed.
[[nodiscard]] std::string write(const Mailbox& mailbox);
// The same with ASCII letters of the domain in lower case, and a bare postmaster in lower case: equal texts are equal
// mailboxes. The local part is the receiving system's business and stays as it is.
[[nodiscard]] std::string canonical(const Mailbox& mailbox);

}  // namespace courier::address
