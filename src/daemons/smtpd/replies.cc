#include "daemons/smtpd/replies.h"

namespace courier::smtpd {

Reply syntax_reply(const smtp::CommandError& error) {
  switch (error.kind) {
    case smtp::CommandError::Kind::Syntax: return reply(501, 5, 5, 2, "Syntax error: " + error.what);
    case smtp::CommandError::Kind::BadParameter: return reply(501, 5, 5, 4, "Wrong value: " + error.what);
    case smtp::CommandError::Kind::UnknownParameter: return reply(555, 5, 5, 4, "Not known here: " + error.what);
    case smtp::CommandError::Kind::NeedsSmtputf8: return reply(553, 5, 6, 7, "SMTPUTF8 was not asked for with MAIL");
  }
  return reply(501, 5, 5, 2, "Syntax error");
}

}  // namespace courier::smtpd
