// STARTTLS (RFC 3207).
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

Reply starttls(Session& session, std::string_view arguments) {
  if (!arguments.empty()) return no_arguments();
  if (session.stream().tls()) return bad_sequence("TLS is active already");
  if (!session.capabilities().starttls) return reply(502, 5, 5, 1, "TLS not available");
  // After AUTH the identity would outlive the reset that TLS brings.
  if (session.identity) return bad_sequence("Not after AUTH");
  session.start_tls_after();
  return reply(220, 2, 0, 0, "Ok, begin TLS");
}

}  // namespace courier::smtpd
