// VRFY (RFC 5321, section 4.1.1.6): nobody is told which addresses exist (section 7.3).
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

Reply vrfy(Session&, std::string_view arguments) {
  if (arguments.empty()) return reply(501, 5, 5, 2, "Syntax error: expected an address");
  return reply(252, 2, 5, 0, "Send some mail, I'll try my best");
}

}  // namespace courier::smtpd
