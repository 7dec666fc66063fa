// NOOP (RFC 5321, section 4.1.1.9): any argument is ignored.
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

Reply noop(Session&, std::string_view) { return reply(250, 2, 0, 0, "Ok"); }

}  // namespace courier::smtpd
