// What a server offers in its answer to EHLO (RFC 5321, section 4.1.1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace courier::smtp {

struct Capabilities {
  bool pipelining = false;             // RFC 2920
  std::optional<std::uint64_t> size;   // RFC 1870; 0: no fixed limit
  bool eight_bit_mime = false;         // RFC 6152
  bool smtputf8 = false;               // RFC 6531
  bool chunking = false;               // RFC 3030
  bool enhanced_status_codes = false;  // RFC 2034
  bool dsn = false;                    // RFC 3461
  bool starttls = false;               // RFC 3207
  std::vector<std::string> auth;       // RFC 4954: SASL mechanisms, upper case
  bool help = false;
  bool operator==(const Capabilities&) const = default;

  [[nodiscard]] bool offers_auth(std::string_view mechanism) const;
};

// From the text of a 250 reply (lines joined by '\n'); its first line, the greeting, is skipped. Unknown keywords and
// malformed parameters are passed over. "AUTH=" of old servers counts as AUTH.
[[nodiscard]] Capabilities parse_capabilities(std::string_view reply_text);
// The lines after the greeting, joined by '\n', each with its '\n' before it: append it to the greeting.
[[nodiscard]] std::string write(const Capabilities& capabilities);

}  // namespace courier::smtp
