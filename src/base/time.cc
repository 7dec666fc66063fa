#include "base/time.h"

#include <charconv>
#include <iterator>

namespace courier {

namespace {

constexpr const char* day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t seconds_a_day = 86'400;

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Days since 1970-01-01. Years are counted from March, so that the leap day ends a year.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year += floor_divide(month - 1, 12);
  month = (month - 1) - floor_divide(month - 1, 12) * 12 + 1;
  if (month <= 2) --year;
  const std::int64_t shifted = month > 2 ? month - 3 : month + 9;
  const std::int64_t century = floor_divide(year, 100);
  return year * 365 + floor_divide(year, 4) - century + floor_divide(century, 4) + (153 * shifted + 2) / 5 + day - 1 - 719'468;
}

// In at least `width` digits.
void add_number(std::string& out, std::int64_t number, std::size_t width) {
  char digits[20];
  const char* end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  const auto length = static_cast<std::size_t>(end - digits);
  if (length < width) out.append(width - length, '0');
  out.append(digits, length);
}

// What is below 100, in two digits.
void add_two(std::string& out, int number) {
  const char digits[] = {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
  out.append(digits, 2);
}

// "10:00:01"
void add_clock(std::string& out, const CivilTime& t) {
  add_two(out, t.hour);
  out += ':';
  add_two(out, t.minute);
  out += ':';
  add_two(out, t.second);
}

}  // namespace

CivilTime to_civil(WallTime time, int offset_minutes) {
  const std::int64_t total = floor_divide(time.microseconds, 1'000'000) + offset_minutes * 60;
  const std::int64_t day_number = floor_divide(total, seconds_a_day);
  const std::int64_t second_of_day = total - day_number * seconds_a_day;

  // 400 years are 146,097 days; the era begins on 0000-03-01.
  const std::int64_t shifted = day_number + 719'468;
  const std::int64_t era = floor_divide(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;

  CivilTime civil;
  civil.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  civil.month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
  civil.hour = static_cast<int>(second_of_day / 3'600);
  civil.minute = static_cast<int>(second_of_day / 60 % 60);
  civil.second = static_cast<int>(second_of_day % 60);
  const std::int64_t from_thursday = day_number + 4;
  civil.weekday = static_cast<int>(from_thursday - floor_divide(from_thursday, 7) * 7);
  return civil;
}

WallTime from_civil(const CivilTime& civil, int offset_minutes) {
  const std::int64_t day_number = days_from_civil(civil.year, civil.month, civil.day);
  return wall_seconds(day_number * seconds_a_day + civil.hour * 3'600 + civil.minute * 60 + civil.second - offset_minutes * 60);
}

std::string rfc5322_date(WallTime time, int offset_minutes) {
  const CivilTime t = to_civil(time, offset_minutes);
  const int distance = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  std::string out;
  out.reserve(32);
  out.append(day_names[t.weekday]).append(", ");
  add_two(out, t.day);
  out.append(" ").append(month_names[t.month - 1]).append(" ");
  add_number(out, t.year, 4);
  out += ' ';
  add_clock(out, t);
  out += offset_minutes < 0 ? " -" : " +";
  add_two(out, distance / 60);
  add_two(out, distance % 60);
  return out;
}

std::string rfc3339_time(WallTime time) {
  const CivilTime t = to_civil(time);
  std::string out;
  out.reserve(32);
  add_number(out, t.year, 4);
  out += '-';
  add_two(out, t.month);
  out += '-';
  add_two(out, t.day);
  out += 'T';
  add_clock(out, t);
  out += '.';
  add_number(out, time.microseconds - floor_divide(time.microseconds, 1'000'000) * 1'000'000, 6);
  out += 'Z';
  return out;
}

}  // namespace courier
