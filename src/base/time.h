// Durations and points in time as plain integers, so that no header needs <chrono>.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>

namespace courier {

// Arithmetic that stays at the ends of the range instead of overflowing: numbers come from settings and from other processes,
// and what lies 292 years ahead is as good as never.
[[nodiscard]] constexpr std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}
[[nodiscard]] constexpr std::int64_t saturating_subtract(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return a < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}
[[nodiscard]] constexpr std::int64_t saturating_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return product;
  return (a < 0) == (b < 0) ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
}

// A span of time in nanoseconds.
struct Duration {
  std::int64_t nanoseconds = 0;
  auto operator<=>(const Duration&) const = default;
  [[nodiscard]] constexpr std::int64_t milliseconds() const { return nanoseconds / 1'000'000; }
  [[nodiscard]] constexpr std::int64_t seconds() const { return nanoseconds / 1'000'000'000; }
};

[[nodiscard]] constexpr Duration nanoseconds(std::int64_t n) { return {n}; }
[[nodiscard]] constexpr Duration microseconds(std::int64_t n) { return {saturating_multiply(n, 1'000)}; }
[[nodiscard]] constexpr Duration milliseconds(std::int64_t n) { return {saturating_multiply(n, 1'000'000)}; }
[[nodiscard]] constexpr Duration seconds(std::int64_t n) { return {saturating_multiply(n, 1'000'000'000)}; }
[[nodiscard]] constexpr Duration minutes(std::int64_t n) { return seconds(saturating_multiply(n, 60)); }
[[nodiscard]] constexpr Duration hours(std::int64_t n) { return minutes(saturating_multiply(n, 60)); }
[[nodiscard]] constexpr Duration days(std::int64_t n) { return hours(saturating_multiply(n, 24)); }

[[nodiscard]] constexpr Duration operator+(Duration a, Duration b) { return {saturating_add(a.nanoseconds, b.nanoseconds)}; }
[[nodiscard]] constexpr Duration operator-(Duration a, Duration b) { return {saturating_subtract(a.nanoseconds, b.nanoseconds)}; }
[[nodiscard]] constexpr Duration operator*(Duration a, std::int64_t n) { return {saturating_multiply(a.nanoseconds, n)}; }

// A point on the loop's monotonic clock, in nanoseconds. Says nothing about the time of day.
struct Instant {
  std::int64_t nanoseconds = 0;
  auto operator<=>(const Instant&) const = default;
};
[[nodiscard]] constexpr Instant operator+(Instant a, Duration d) { return {saturating_add(a.nanoseconds, d.nanoseconds)}; }
[[nodiscard]] constexpr Duration operator-(Instant a, Instant b) { return {saturating_subtract(a.nanoseconds, b.nanoseconds)}; }

// The time of day: microseconds since 1970-01-01 00:00:00 UTC.
struct WallTime {
  std::int64_t microseconds = 0;
  auto operator<=>(const WallTime&) const = default;
  [[nodiscard]] constexpr std::int64_t seconds() const { return microseconds / 1'000'000; }
};
[[nodiscard]] constexpr WallTime wall_seconds(std::int64_t s) { return {saturating_multiply(s, 1'000'000)}; }
[[nodiscard]] constexpr WallTime operator+(WallTime a, Duration d) { return {saturating_add(a.microseconds, d.nanoseconds / 1'000)}; }
[[nodiscard]] constexpr Duration operator-(WallTime a, WallTime b) {
  return {saturating_multiply(saturating_subtract(a.microseconds, b.microseconds), 1'000)};
}

// When waiting ends. Whatever waits takes one as its last parameter.
struct Deadline {
  Instant at{std::numeric_limits<std::int64_t>::max()};
  auto operator<=>(const Deadline&) const = default;
  [[nodiscard]] static constexpr Deadline never() { return {}; }
  [[nodiscard]] constexpr bool is_never() const { return at.nanoseconds == std::numeric_limits<std::int64_t>::max(); }
  // The earlier of the two.
  [[nodiscard]] constexpr Deadline sooner(Deadline other) const { return at < other.at ? *this : other; }
};

// A date split into its fields, in the proleptic Gregorian calendar.
struct CivilTime {
  std::int64_t year = 1970;
  int month = 1, day = 1;       // from 1
  int hour = 0, minute = 0, second = 0;
  int weekday = 4;              // 0 = Sunday
};
// `offset_minutes` east of UTC is added before splitting.
[[nodiscard]] CivilTime to_civil(WallTime time, int offset_minutes = 0);
// The inverse; `weekday` is ignored and fields out of range carry over.
[[nodiscard]] WallTime from_civil(const CivilTime& civil, int offset_minutes = 0);

// "Mon, 05 Jan 2026 10:00:01 +0000" (RFC 5322, section 3.3).
[[nodiscard]] std::string rfc5322_date(WallTime time, int offset_minutes = 0);
// "2026-01-05T10:00:01.123456Z" (RFC 3339), for logs.
[[nodiscard]] std::string rfc3339_time(WallTime time);

}  // namespace courier
