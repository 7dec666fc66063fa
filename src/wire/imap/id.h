// ID (RFC 2971).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wire/imap/token.h"

namespace courier::imap {

struct IdField {
  std::string name;
  std::optional<std::string> value;
  bool operator==(const IdField&) const = default;
};
struct IdArguments {
  std::vector<IdField> fields;  // at most 30; none for NIL
  bool operator==(const IdArguments&) const = default;
};

// After "ID".
[[nodiscard]] IdArguments parse_id(Tokens& in);
void write_id(std::string& out, const IdArguments& id);

}  // namespace courier::imap
