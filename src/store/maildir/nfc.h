// Unicode normalisation form C (UAX #15).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace courier::store {

// The text in form C; nothing when it is not UTF-8.
[[nodiscard]] std::optional<std::string> to_nfc(std::string_view utf8);

}  // namespace courier::store
