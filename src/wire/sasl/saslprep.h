// SASLprep (RFC 4013): user names and passwords are compared after this preparation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace courier::sasl {

// Stored strings may not hold code points that Unicode 3.2 leaves unassigned; queries may (RFC 3454, section 7).
enum class Prepare { Stored, Query };

// Nothing: not UTF-8, a prohibited character, or mixed directions. Printable ASCII comes back as it is.
[[nodiscard]] std::optional<std::string> saslprep(std::string_view text, Prepare purpose);

}  // namespace courier::sasl
