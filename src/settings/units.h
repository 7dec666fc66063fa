// Sizes and durations as administrators write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace courier {

// "10240", "64K", "10M", "2G", "1T": powers of 1024, in bytes; an "iB" or "B" may follow the letter. Nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);
// The shortest way parse_size reads as the same number: 10485760 is "10M".
[[nodiscard]] std::string format_size(std::int64_t bytes);

// "90" and "90s", "5m", "4h", "1d", "1w", largest unit first: "1h30m". In seconds.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);
// The way parse_duration reads as the same number: 5400 is "1h30m", 0 is "0s".
[[nodiscard]] std::string format_duration(std::int64_t seconds);

}  // namespace courier
