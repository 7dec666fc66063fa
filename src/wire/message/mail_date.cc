#include "wire/message/mail_date.h"

#include <string>

#include "base/text.h"
#include "wire/message/lexer.h"

namespace courier::message {

namespace {

struct Zone {
  std::string_view name;
  int hours;
};
// RFC 5322, section 4.3: obs-zone
constexpr Zone zones[] = {{"UT", 0},   {"GMT", 0},  {"UTC", 0},  {"EST", -5}, {"EDT", -4}, {"CST", -6},
                          {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};

int month_of(std::string_view word) {
  constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (word.size() < 3) return 0;
  const auto at = months.find(to_lower(word.substr(0, 3)));
  return at == std::string_view::npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
}

std::optional<int> take_number(Cursor& in, std::size_t longest) {
  skip_cfws(in);
  const auto digits = in.take_while(ascii_digit);
  const auto value = to_u32(digits);
  if (!value || digits.size() > longest) return std::nullopt;
  return static_cast<int>(*value);
}

// RFC 5322, section 4.3: two-digit and three-digit years
std::optional<int> take_year(Cursor& in) {
  skip_cfws(in);
  const std::size_t begin = in.offset();
  const auto year = take_number(in, 4);
  if (!year) return std::nullopt;
  const std::size_t digits = in.offset() - begin;
  if (digits == 2) return *year < 50 ? *year + 2000 : *year + 1900;
  return digits == 3 ? *year + 1900 : *year;
}

void take_time(Cursor& in, CivilTime& civil) {
  const Cursor before = in;
  const auto hour = take_number(in, 2);
  skip_cfws(in);
  if (!hour || *hour > 23 || !in.take(':')) {
    in = before;
    return;
  }
  civil.hour = *hour;
  civil.minute = take_number(in, 2).value_or(0) % 60;
  skip_cfws(in);
  if (in.take(':')) civil.second = take_number(in, 2).value_or(0) % 61;
}

int take_zone(Cursor& in) {
  skip_cfws(in);
  const bool west = in.peek() == '-';
  if (in.take('-') || in.take('+')) {
    const int digits = take_number(in, 4).value_or(0);
    const int offset = digits / 100 * 60 + digits % 100;
    return west ? -offset : offset;
  }
  const auto word = in.take_while(ascii_alpha);
  for (const auto& zone : zones) {
    if (iequals(zone.name, word)) return zone.hours * 60;
  }
  return 0;
}

}  // namespace

std::optional<MailDate> parse_mail_date(std::string_view value) {
  Cursor in(value);
  skip_cfws(in);
  if (ascii_alpha(in.peek())) {  // day-of-week ","
    static_cast<void>(in.take_while([](char c) { return ascii_alpha(c) || c == '.'; }));
    skip_cfws(in);
    static_cast<void>(in.take(','));
  }
  MailDate date;
  const auto day = take_number(in, 2);
  const auto gap = [](char c) { return c == '-' || c == ' ' || c == '\t'; };
  static_cast<void>(in.take_while(gap));
  skip_cfws(in);
  const int month = month_of(in.take_while(ascii_alpha));
  static_cast<void>(in.take_while(gap));
  const auto year = take_year(in);
  if (!day || !year || month == 0) return std::nullopt;
  date.civil = {.year = *year, .month = month, .day = *day};
  const CivilTime check = to_civil(from_civil(date.civil));
  if (check.day != *day || check.month != month) return std::nullopt;
  take_time(in, date.civil);
  date.offset_minutes = take_zone(in);
  return date;
}

}  // namespace courier::message
