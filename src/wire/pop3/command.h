// POP3 commands as values. Those before sign-in are answered by front, the others by mailbox.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace courier::pop3 {

// Before sign-in.
struct User {
  std::string name;
  bool operator==(const User&) const = default;
};
struct Pass {
  std::string password;  // everything behind the first space: passwords may have spaces
  bool operator==(const Pass&) const = default;
};
struct Auth {  // RFC 5034
  std::string mechanism;               // upper case; empty: "AUTH" alone asks for the list
  std::optional<std::string> initial;  // decoded; "=" is the empty one
  bool operator==(const Auth&) const = default;
};
struct Stls {  // RFC 2595
  bool operator==(const Stls&) const = default;
};
// Before and after.
struct Capa {  // RFC 2449
  bool operator==(const Capa&) const = default;
};
struct Quit {
  bool operator==(const Quit&) const = default;
};
struct Noop {
  bool operator==(const Noop&) const = default;
};
// After. Message numbers count from 1; whether there is such a message is the session's question.
struct Stat {
  bool operator==(const Stat&) const = default;
};
struct List {
  std::optional<std::uint32_t> message;
  bool operator==(const List&) const = default;
};
struct Uidl {
  std::optional<std::uint32_t> message;
  bool operator==(const Uidl&) const = default;
};
struct Retr {
  std::uint32_t message = 0;
  bool operator==(const Retr&) const = default;
};
struct Dele {
  std::uint32_t message = 0;
  bool operator==(const Dele&) const = default;
};
struct Top {
  std::uint32_t message = 0;
  std::uint32_t lines = 0;
  bool operator==(const Top&) const = default;
};
struct Rset {
  bool operator==(const Rset&) const = default;
};

using Command = std::variant<User, Pass, Auth, Stls, Capa, Quit, Noop, Stat, List, Uidl, Retr, Dele, Top, Rset>;

struct CommandError {
  bool unknown = false;       // there is no such command
  const char* expected = "";  // else: "a message number"; safe to show to the client
};

// A line without its end. Keywords in any case (RFC 1939, section 3).
[[nodiscard]] Result<Command, CommandError> parse_command(std::string_view line);
// Without CRLF.
[[nodiscard]] std::string write(const Command& command);

}  // namespace courier::pop3
