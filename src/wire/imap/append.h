// APPEND (RFC 3501, section 6.3.11). The message is the literal that ends the line; it never goes through the parser.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wire/imap/date.h"
#include "wire/imap/flags.h"

namespace courier::imap {

struct AppendArguments {
  std::string mailbox;
  FlagList flags;
  std::optional<DateTime> date;
  std::uint64_t size = 0;     // of the message's literal, in octets
  bool synchronizing = true;  // the client waits for "+" before it sends
  bool operator==(const AppendArguments&) const = default;
};

// After "APPEND", up to and with the mark of the message's literal.
[[nodiscard]] AppendArguments parse_append(Tokens& in);
void write_append(std::string& out, const AppendArguments& append);

}  // namespace courier::imap
