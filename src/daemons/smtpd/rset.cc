// RSET (RFC 5321, section 4.1.1.5).
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

Reply rset(Session& session, std::string_view arguments) {
  if (!arguments.empty()) return no_arguments();
  if (!std::holds_alternative<Connected>(session.state)) session.state = Greeted{};
  return reply(250, 2, 0, 0, "Ok");
}

}  // namespace courier::smtpd
