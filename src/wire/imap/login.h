// LOGIN and AUTHENTICATE (RFC 3501, sections 6.2.2 and 6.2.3; the initial response of RFC 4959).
#pragma once

#include <optional>
#include <string>

#include "wire/imap/token.h"

namespace courier::imap {

struct LoginArguments {
  std::string user, password;
  bool operator==(const LoginArguments&) const = default;
};
// After "LOGIN".
[[nodiscard]] LoginArguments parse_login(Tokens& in);
void write_login(std::string& out, const LoginArguments& login);

struct AuthenticateArguments {
  std::string mechanism;                // upper case
  std::optional<std::string> initial;   // raw bytes, decoded from base64; "=" on the wire is an empty one
  bool operator==(const AuthenticateArguments&) const = default;
};
// After "AUTHENTICATE".
[[nodiscard]] AuthenticateArguments parse_authenticate(Tokens& in);
void write_authenticate(std::string& out, const AuthenticateArguments& authenticate);

}  // namespace courier::imap
