// Named<Tag, T>: a value with a meaning of its own, so that a Uid is never passed where a message number belongs.
//   using Uid = Named<struct UidTag, std::uint32_t>;
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <utility>

namespace courier {

template <class Tag, class T>
struct Named {
  T value{};

  constexpr Named() = default;
  constexpr explicit Named(T v) : value(std::move(v)) {}
  auto operator<=>(const Named&) const = default;
};

}  // namespace courier

template <class Tag, class T>
struct std::hash<courier::Named<Tag, T>> {
  std::size_t operator()(const courier::Named<Tag, T>& named) const { return std::hash<T>{}(named.value); }
};
