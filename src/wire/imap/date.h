// Dates of IMAP (RFC 3501, section 9: date, date-time).
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/time.h"
#include "wire/imap/token.h"

namespace courier::imap {

// A calendar day, as SEARCH has it.
struct Date {
  std::int32_t year = 1970;
  std::int32_t month = 1, day = 1;
  auto operator<=>(const Date&) const = default;
};

[[nodiscard]] Date parse_date(Tokens& in);
void write_date(std::string& out, const Date& date);

// A moment, with the offset from UTC it was written in.
struct DateTime {
  WallTime time;
  int offset_minutes = 0;
  bool operator==(const DateTime&) const = default;
};
[[nodiscard]] DateTime parse_date_time(Tokens& in);
// With the quotes: "17-Jul-1996 02:44:25 -0700".
void write_date_time(std::string& out, const DateTime& moment);

}  // namespace courier::imap
