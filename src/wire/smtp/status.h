// Enhanced status codes (RFC 3463).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace courier::smtp {

// class "." subject "." detail: 2.1.5. Class 2, 4 or 5; subject and detail up to 999.
struct EnhancedStatus {
  std::uint16_t kind = 2, subject = 0, detail = 0;
  auto operator<=>(const EnhancedStatus&) const = default;
};

// The whole text as a status code.
[[nodiscard]] std::optional<EnhancedStatus> parse_status(std::string_view text);
[[nodiscard]] std::string write(EnhancedStatus status);

}  // namespace courier::smtp
