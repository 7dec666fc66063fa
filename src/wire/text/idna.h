// Internationalized domain names (IDNA 2008, RFC 5890; UTS 46).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace courier {

// A domain with UTF-8 labels as DNS knows it: A-labels, lower case. Nothing for a name that IDNA does not allow.
// ASCII names come back in lower case, unchecked.
[[nodiscard]] std::optional<std::string> domain_to_ascii(std::string_view domain);

}  // namespace courier
