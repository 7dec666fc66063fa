// EHLO and HELO (RFC 5321, section 4.1.1.1): both end a transaction.
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

namespace {

std::optional<Reply> greet(Session& session, std::string_view arguments, bool extended) {
  auto name = smtp::parse_hello(arguments);
  if (!name) return syntax_reply(name.error());
  session.hello = {std::move(*name), extended};
  session.state = Greeted{};
  return std::nullopt;
}

}  // namespace

Reply ehlo(Session& session, std::string_view arguments) {
  if (auto refusal = greet(session, arguments, true)) return std::move(*refusal);
  return {250, {}, session.env().host_name + " Ok." + write(session.capabilities())};
}

Reply helo(Session& session, std::string_view arguments) {
  if (auto refusal = greet(session, arguments, false)) return std::move(*refusal);
  return {250, {}, session.env().host_name + " Ok."};
}

}  // namespace courier::smtpd
