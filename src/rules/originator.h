// Who a message says it is from, and whether an account may say so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace courier::rules {

// The addresses of a From or Sender field's body (RFC 5322, section 3.4): addr-specs without display names, comments and
// groups, as written. What cannot be an address is given as it stands, so that a check on it fails.
[[nodiscard]] std::vector<std::string> addresses_of(std::string_view field_body);

// `senders`: addresses the account may use, canonical; "@example.org" is every address of that domain.
[[nodiscard]] bool may_send_as(std::string_view address, const std::vector<std::string>& senders);

}  // namespace courier::rules
