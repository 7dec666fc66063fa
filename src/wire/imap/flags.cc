#include "wire/imap/flags.h"

#include <algorithm>

#include "base/text.h"

namespace courier::imap {

namespace {

struct SystemFlag {
  std::string_view name;
  std::uint8_t bit;
};
// In the order they are written.
constexpr SystemFlag system_flags[] = {
    {"Answered", flag::answered}, {"Flagged", flag::flagged}, {"Deleted", flag::deleted}, {"Seen", flag::seen}, {"Draft", flag::draft}};

// RFC 3501, section 9: flag = "\Answered" / ... / flag-keyword
void parse_flag(Tokens& in, FlagList& flags) {
  if (!in.take('\\')) {
    std::string keyword = in.atom();
    if (std::ranges::none_of(flags.keywords, [&](const auto& k) { return iequals(k, keyword); })) {
      if (flags.keywords.size() == in.limits().keywords) in.fail("fewer keywords");
      flags.keywords.push_back(std::move(keyword));
    }
    return;
  }
  const std::string name = in.atom();
  for (const auto& known : system_flags) {
    if (!iequals(known.name, name)) continue;
    flags.system |= known.bit;
    return;
  }
  if (!iequals(name, "Recent")) in.fail("system flag");
}

}  // namespace

FlagList parse_flag_list(Tokens& in) {
  FlagList flags;
  in.need('(', "list of flags");
  if (in.take(')')) return flags;
  do {
    parse_flag(in, flags);
  } while (in.take(' '));
  in.need(')', "flag or )");
  return flags;
}

FlagList parse_store_flags(Tokens& in) {
  if (in.peek() == '(') return parse_flag_list(in);
  FlagList flags;
  do {
    parse_flag(in, flags);
  } while (in.take(' '));
  return flags;
}

void write_system_flags(std::string& out, std::uint8_t bits) {
  bool first = true;
  for (const auto& known : system_flags) {
    if ((bits & known.bit) == 0) continue;
    out += first ? "\\" : " \\";
    out += known.name;
    first = false;
  }
}

void write_flag_list(std::string& out, const FlagList& flags, bool recent) {
  out += '(';
  const std::size_t begin = out.size();
  write_system_flags(out, flags.system);
  const auto put = [&](std::string_view word) {
    if (out.size() != begin) out += ' ';
    out += word;
  };
  for (const auto& keyword : flags.keywords) put(keyword);
  if (recent) put("\\Recent");
  out += ')';
}

}  // namespace courier::imap
