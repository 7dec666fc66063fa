// CAPABILITY, ENABLE, ID, NAMESPACE, NOOP and CHECK, LOGOUT: commands that need no folder.
#include "daemons/mailbox/imap/capabilities.h"
#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

std::string capabilities(const ImapSettings& settings) {
  return "IMAP4rev1 LITERAL+ UIDPLUS NAMESPACE IDLE CHILDREN UNSELECT ID ENABLE MOVE SPECIAL-USE SASL-IR APPENDLIMIT=" +
         std::to_string(settings.max_message);
}

// RFC 3501, section 6.1.1
Task<Reply> ImapSession::capability(const imap::Command&) {
  output_.text() += "* CAPABILITY " + capabilities(settings_) + "\r\n";
  co_return ok("Capabilities told.");
}

// RFC 5161: nothing that we speak has to be enabled.
Task<Reply> ImapSession::enable(const imap::Command&) {
  output_.text() += "* ENABLED\r\n";
  co_return ok("Nothing had to be enabled.");
}

// RFC 2971. No version: whoever needs it asks the administrator.
Task<Reply> ImapSession::id(const imap::Command&) {
  output_.text() += "* ID (\"name\" \"Courier\")\r\n";
  co_return ok("Pleased to meet you.");
}

// RFC 2342
Task<Reply> ImapSession::name_space(const imap::Command&) {
  output_.text() += "* NAMESPACE ((\"" + settings_.folder_prefix + "\" \".\")) NIL NIL\r\n";
  co_return ok("Name spaces told.");
}

// RFC 3501, sections 6.1.2 and 6.4.1: what is new is told by sync().
Task<Reply> ImapSession::noop(const imap::Command&) { co_return ok("Done."); }

// RFC 3501, section 6.1.3
Task<Reply> ImapSession::logout(const imap::Command&) {
  output_.text() += "* BYE Until next time.\r\n";
  end_reason_ = "logout";
  co_return ok("Signed out.");
}

Task<Reply> ImapSession::signed_in(const imap::Command&) { co_return bad("You are signed in already."); }

}  // namespace courier::mailbox
