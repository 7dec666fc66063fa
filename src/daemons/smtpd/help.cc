// HELP (RFC 5321, section 4.1.1.8).
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

Reply help(Session&, std::string_view) {
  return reply(214, 2, 0, 0, "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT AUTH STARTTLS\nSee RFC 5321");
}

}  // namespace courier::smtpd
