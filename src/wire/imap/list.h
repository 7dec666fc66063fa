// LIST and LSUB (RFC 3501, sections 6.3.8 and 6.3.9), and the matching of names.
#pragma once

#include <string>
#include <string_view>

#include "wire/imap/token.h"

namespace courier::imap {

struct ListArguments {
  std::string reference;
  std::string pattern;  // with "*" and "%"
  bool operator==(const ListArguments&) const = default;
};

// After "LIST" or "LSUB".
[[nodiscard]] ListArguments parse_list(Tokens& in);
void write_list(std::string& out, const ListArguments& list);

// "*" stands for anything, "%" for anything without the separator. A leading INBOX matches in any case.
[[nodiscard]] bool list_matches(std::string_view pattern, std::string_view name, char separator);

}  // namespace courier::imap
