// Address lists of header fields (RFC 5322, section 3.4, with the obsolete forms), read tolerantly into the shape that
// ENVELOPE has (RFC 3501, section 7.4.2). Encoded words stay as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace courier::message {

// An address; or the beginning of a group (only `mailbox`: its name) or its end (nothing at all).
struct Address {
  std::optional<std::string> name;     // display name, or the comment of old-style addresses
  std::optional<std::string> route;    // obs-route: "@a,@b"
  std::optional<std::string> mailbox;  // local part, without quotes
  std::optional<std::string> host;     // empty when the address has none
  bool operator==(const Address&) const = default;
  template <class V>
  void fields(V& v) {
    v("name", name), v("route", route), v("mailbox", mailbox), v("host", host);
  }
};

// Reads no further once there are `limit` entries; ends of groups may make it two more.
[[nodiscard]] std::vector<Address> parse_addresses(std::string_view value, std::size_t limit = 5'000);

}  // namespace courier::message
