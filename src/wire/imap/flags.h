// Flags and keywords (RFC 3501, section 2.3.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/imap/token.h"

namespace courier::imap {

// System flags as bits.
namespace flag {
inline constexpr std::uint8_t seen = 1, answered = 2, flagged = 4, deleted = 8, draft = 16;
inline constexpr std::uint8_t all = 31;
}  // namespace flag

struct FlagList {
  std::uint8_t system = 0;
  std::vector<std::string> keywords;  // as the client wrote them; no two differ only in case
  bool operator==(const FlagList&) const = default;
};

// "(" [flag *(SP flag)] ")". \Recent is taken and forgotten: clients send back what they were told.
[[nodiscard]] FlagList parse_flag_list(Tokens& in);
// The same, or the flags without parentheses.
[[nodiscard]] FlagList parse_store_flags(Tokens& in);
void write_flag_list(std::string& out, const FlagList& flags, bool recent = false);
// Appends the system flags of `bits`, separated by spaces.
void write_system_flags(std::string& out, std::uint8_t bits);

}  // namespace courier::imap
