// Encoded words in header values (RFC 2047): =?charset?B or Q?text?=
#pragma once

#include <string>
#include <string_view>

namespace courier {

// `value` as UTF-8: encoded words decoded, blanks between two of them left out. A word that is broken or has an unknown charset stands
// as it is; raw bytes that are not UTF-8 are read as ISO-8859-1.
[[nodiscard]] std::string decode_encoded_words(std::string_view value);

}  // namespace courier
