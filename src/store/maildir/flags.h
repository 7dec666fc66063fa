// The system flags of a message, as a set of bits. \Recent is not one of them: it belongs to a session (store/folder/view.h).
#pragma once

#include <cstdint>

namespace courier::store {

// In the order of their letters: D F R S T.
enum class Flag : std::uint8_t { Draft = 1, Flagged = 2, Answered = 4, Seen = 8, Deleted = 16 };

struct Flags {
  std::uint8_t bits = 0;
  bool operator==(const Flags&) const = default;
  [[nodiscard]] constexpr bool has(Flag flag) const { return (bits & static_cast<std::uint8_t>(flag)) != 0; }
  constexpr Flags& add(Flag flag) {
    bits |= static_cast<std::uint8_t>(flag);
    return *this;
  }
  constexpr Flags& remove(Flag flag) {
    bits &= static_cast<std::uint8_t>(~static_cast<unsigned>(flag));
    return *this;
  }
};

}  // namespace courier::store
