// STATUS (RFC 3501, section 6.3.10).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wire/imap/token.h"

namespace courier::imap {

enum class StatusItem : std::uint8_t { Messages, Recent, UidNext, UidValidity, Unseen };
[[nodiscard]] std::string_view to_string(StatusItem item);

struct StatusArguments {
  std::string mailbox;
  std::vector<StatusItem> items;  // in the order asked for, each once
  bool operator==(const StatusArguments&) const = default;
};

// After "STATUS". One item may stand without parentheses, as some clients write it.
[[nodiscard]] StatusArguments parse_status(Tokens& in);
void write_status(std::string& out, const StatusArguments& status);

}  // namespace courier::imap
