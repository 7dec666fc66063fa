// DNS record data from its wire form (RFC 1035, section 3.3; RFC 3596; RFC 6698). Names are uncompressed, as libunbound gives them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/dns.h"

namespace courier::dns {

// A name of labels: lower case, without the final dot; the root is empty. Bytes that no host name has become \DDD.
[[nodiscard]] std::optional<std::string> read_name(std::string_view wire);

// Nothing when the data has the wrong size or form.
[[nodiscard]] std::optional<IpAddress> read_a(std::string_view data);
[[nodiscard]] std::optional<IpAddress> read_aaaa(std::string_view data);
[[nodiscard]] std::optional<MxRecord> read_mx(std::string_view data);
// The character-strings of one record, joined.
[[nodiscard]] std::optional<std::string> read_txt(std::string_view data);
[[nodiscard]] std::optional<TlsaRecord> read_tlsa(std::string_view data);

}  // namespace courier::dns
