// base64 (RFC 4648, section 4) and hexadecimal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace courier {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
// Strict: padding is required, no white space, no bits left over. Nothing for anything else.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

// What one digit stands for, 0 to 63 or 0 to 15 (either case); -1 for any other character.
[[nodiscard]] int base64_digit(char c);
[[nodiscard]] int hex_digit(char c);

[[nodiscard]] std::string hex_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view text);

}  // namespace courier
