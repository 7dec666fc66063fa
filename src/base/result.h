// Result<T, E>: the value, or the small error type of that family of functions.
#pragma once

#include <expected>
#include <utility>

namespace courier {

template <class T, class E>
using Result = std::expected<T, E>;

// `return fail(error);` makes the failed result of whatever type the function returns.
template <class E>
[[nodiscard]] constexpr std::unexpected<std::decay_t<E>> fail(E&& error) {
  return std::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

}  // namespace courier
