// QUIT (RFC 5321, section 4.1.1.10).
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

Reply quit(Session& session, std::string_view arguments) {
  if (!arguments.empty()) return no_arguments();
  session.close_after();
  return reply(221, 2, 0, 0, "Bye.");
}

}  // namespace courier::smtpd
