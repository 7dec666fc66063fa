#include "daemons/mailbox/imap/imap.h"

namespace courier::mailbox {

ImapProbe::ImapProbe(Log& log, Metrics& metrics)
    : log_(log),
      sessions_(metrics.gauge("courier_imap_sessions", "IMAP sessions after sign-in.")),
      commands_(metrics.counter("courier_imap_commands_total", "IMAP commands carried out.")),
      rejected_(metrics.counter("courier_imap_rejected_commands_total", "Lines of IMAP clients that were no command.")),
      store_failures_(metrics.counter("courier_imap_store_failures_total", "IMAP commands that failed because the disk did.")) {}

void ImapProbe::began() { sessions_.add(1); }

void ImapProbe::ended(const SessionStart& session, const char* reason, std::uint64_t received, std::uint64_t sent) {
  sessions_.add(-1);
  log_.info("imap session ended", {{"session", session.session},
                                   {"account", session.account->spec().address},
                                   {"peer", session.peer},
                                   {"tls", session.tls},
                                   {"reason", reason},
                                   {"received", received},
                                   {"sent", sent}});
}

void ImapProbe::command() { commands_.add(); }

void ImapProbe::rejected(const SessionStart& session, const char* reason) {
  rejected_.add();
  log_.debug("imap command rejected", {{"session", session.session}, {"reason", reason}});
}

void ImapProbe::store_failed(const SessionStart& session, const char* command, const std::string& text) {
  store_failures_.add();
  log_.error("imap store failed",
             {{"session", session.session}, {"account", session.account->spec().address}, {"command", command}, {"reason", text}});
}

}  // namespace courier::mailbox
