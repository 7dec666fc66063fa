#include "wire/imap/date.h"

#include "base/text.h"

namespace courier::imap {

namespace {

constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Exactly `digits` digits (or, with `fewer`, at most as many), from `min` to `max`.
int parse_digits(Tokens& in, std::size_t digits, int min, int max, const char* expected, bool fewer = false) {
  const auto text = in.word(ascii_digit, expected);
  const auto value = to_u32(text);
  if (!value || (fewer ? text.size() > digits : text.size() != digits) || static_cast<int>(*value) < min ||
      static_cast<int>(*value) > max) {
    in.fail(expected);
    return min;
  }
  return static_cast<int>(*value);
}

int parse_month(Tokens& in) {
  for (int i = 0; i < 12; ++i) {
    if (in.take_word(months[i])) return i + 1;
  }
  in.fail("month");
  return 1;
}

bool exists_day(const Date& date) {
  const CivilTime civil = to_civil(from_civil({.year = date.year, .month = date.month, .day = date.day}));
  return civil.month == date.month && civil.day == date.day;
}

void append_two(std::string& out, int value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

void append_year(std::string& out, std::int64_t year) {
  const std::string digits = std::to_string(year);
  out.append(digits.size() < 4 ? 4 - digits.size() : 0, '0');
  out += digits;
}

// date-text = date-day "-" date-month "-" date-year; date-day-fixed has a space before one digit
Date parse_day_month_year(Tokens& in) {
  Date date;
  static_cast<void>(in.take(' '));
  date.day = parse_digits(in, 2, 1, 31, "day of the month", true);
  in.need('-', "-");
  date.month = parse_month(in);
  in.need('-', "-");
  date.year = parse_digits(in, 4, 0, 9999, "year");
  if (in.ok() && !exists_day(date)) in.fail("date that exists");
  return date;
}

// zone = ("+" / "-") 4DIGIT
int parse_zone(Tokens& in) {
  const bool west = in.take('-');
  if (!west) in.need('+', "time zone");
  const int digits = parse_digits(in, 4, 0, 9959, "time zone");
  if (digits % 100 > 59) in.fail("time zone");
  const int offset_minutes = digits / 100 * 60 + digits % 100;
  return west ? -offset_minutes : offset_minutes;
}

}  // namespace

Date parse_date(Tokens& in) {
  const bool quoted = in.take('"');
  if (in.peek() == ' ') in.fail("day of the month");
  const Date date = parse_day_month_year(in);
  if (quoted) in.need('"', "\"");
  return date;
}

void write_date(std::string& out, const Date& date) {
  out += std::to_string(date.day);
  out += '-';
  out += months[date.month - 1];
  out += '-';
  append_year(out, date.year);
}

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
DateTime parse_date_time(Tokens& in) {
  in.need('"', "date and time in quotes");
  const Date date = parse_day_month_year(in);
  in.sp();
  CivilTime civil{.year = date.year, .month = date.month, .day = date.day};
  civil.hour = parse_digits(in, 2, 0, 23, "hour");
  in.need(':', ":");
  civil.minute = parse_digits(in, 2, 0, 59, "minute");
  in.need(':', ":");
  civil.second = parse_digits(in, 2, 0, 60, "second");
  in.sp();
  DateTime moment;
  moment.offset_minutes = parse_zone(in);
  in.need('"', "\"");
  if (in.ok()) moment.time = from_civil(civil, moment.offset_minutes);
  return moment;
}

void write_date_time(std::string& out, const DateTime& moment) {
  const CivilTime civil = to_civil(moment.time, moment.offset_minutes);
  out += '"';
  if (civil.day < 10) {
    out += ' ';
    out += static_cast<char>('0' + civil.day);
  } else {
    append_two(out, civil.day);
  }
  out += '-';
  out += months[civil.month - 1];
  out += '-';
  append_year(out, civil.year);
  out += ' ';
  append_two(out, civil.hour);
  out += ':';
  append_two(out, civil.minute);
  out += ':';
  append_two(out, civil.second);
  const int offset = moment.offset_minutes < 0 ? -moment.offset_minutes : moment.offset_minutes;
  out += moment.offset_minutes < 0 ? " -" : " +";
  append_two(out, offset / 60);
  append_two(out, offset % 60);
  out += '"';
}

}  // namespace courier::imap
