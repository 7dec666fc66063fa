// Code points in and out of UTF-8 (RFC 3629).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace courier {

inline constexpr std::uint32_t replacement_character = 0xFFFD;

void append_utf8(std::string& out, std::uint32_t code);
// Takes the first code point off `text`, which is not empty; a byte that begins none is taken as U+FFFD.
[[nodiscard]] std::uint32_t take_utf8(std::string_view& text);

}  // namespace courier
