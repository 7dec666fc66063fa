#include "wire/imap/list.h"

#include <vector>

#include "base/text.h"

namespace courier::imap {

namespace {

bool is_wildcard(char c) { return c == '*' || c == '%'; }
bool is_list_char(char c) { return is_astring_char(c) || is_wildcard(c); }

// The same pattern without two wildcards in a row.
std::string simplified(std::string_view pattern) {
  std::string out;
  for (const char c : pattern) {
    if (!is_wildcard(c) || out.empty() || !is_wildcard(out.back())) {
      out += c;
    } else if (c == '*') {
      out.back() = '*';
    }
  }
  return out;
}

}  // namespace

// list = "LIST" SP mailbox SP list-mailbox; list-mailbox = 1*list-char / string
ListArguments parse_list(Tokens& in) {
  ListArguments list;
  in.sp();
  list.reference = in.astring();
  in.sp();
  if (in.peek() == '"' || in.peek() == '{') {
    list.pattern = in.string();
  } else {
    list.pattern = in.word(is_list_char, "name or pattern");
  }
  return list;
}

void write_list(std::string& out, const ListArguments& list) {
  out += ' ';
  append_command_string(out, list.reference);
  out += ' ';
  append_command_string(out, list.pattern);
}

bool list_matches(std::string_view wanted, std::string_view name, char separator) {
  const std::string pattern = simplified(wanted);
  // Every character but the wildcards stands for one of the name.
  if (pattern.size() > 2 * name.size() + 1) return false;
  // One bit of state for every place in the pattern: time is the product of both lengths, whatever the wildcards are.
  const bool inbox = istarts_with(name, "INBOX") && (name.size() == 5 || name[5] == separator);
  std::vector<char> here(pattern.size() + 1, 0), next(pattern.size() + 1, 0);
  const auto skip_wildcards = [&](std::vector<char>& places) {
    for (std::size_t p = 0; p < pattern.size(); ++p) {
      if (places[p] && is_wildcard(pattern[p])) places[p + 1] = 1;
    }
  };
  here[0] = 1;
  skip_wildcards(here);
  for (std::size_t i = 0; i < name.size(); ++i) {
    next.assign(next.size(), 0);
    for (std::size_t p = 0; p < pattern.size(); ++p) {
      if (!here[p]) continue;
      const char c = pattern[p];
      if (c == '*' || (c == '%' && name[i] != separator)) next[p] = 1;
      if (c == name[i] || (inbox && i < 5 && ascii_lower(c) == ascii_lower(name[i]))) next[p + 1] = 1;
    }
    skip_wildcards(next);
    here.swap(next);
  }
  return here[pattern.size()] != 0;
}

}  // namespace courier::imap
