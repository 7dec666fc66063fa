#include "wire/imap/login.h"

#include "base/encode.h"
#include "base/text.h"

namespace courier::imap {

// login = "LOGIN" SP userid SP password
LoginArguments parse_login(Tokens& in) {
  LoginArguments login;
  in.sp();
  login.user = in.astring();
  in.sp();
  login.password = in.astring();
  return login;
}

void write_login(std::string& out, const LoginArguments& login) {
  out += ' ';
  append_command_string(out, login.user);
  out += ' ';
  append_command_string(out, login.password);
}

// RFC 4959, section 3: authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")]
AuthenticateArguments parse_authenticate(Tokens& in) {
  AuthenticateArguments authenticate;
  in.sp();
  authenticate.mechanism = to_upper(in.atom());
  if (!in.take(' ')) return authenticate;
  const auto response = in.word([](char c) { return is_atom_char(c); }, "initial response");
  const auto bytes = response == "=" ? std::string() : base64_decode(response);
  if (!bytes) in.fail("initial response in base64");
  authenticate.initial = bytes;
  return authenticate;
}

void write_authenticate(std::string& out, const AuthenticateArguments& authenticate) {
  out += ' ';
  out += authenticate.mechanism;
  if (!authenticate.initial) return;
  out += ' ';
  out += authenticate.initial->empty() ? "=" : base64_encode(*authenticate.initial);
}

}  // namespace courier::imap
