#include "daemons/mailbox/pop3/pop3.h"

namespace courier::mailbox {

Pop3Probe::Pop3Probe(Log& log, Metrics& metrics)
    : log_(log),
      sessions_(metrics.counter("courier_pop3_sessions_total", "POP3 sessions begun.")),
      retrieved_(metrics.counter("courier_pop3_messages_retrieved_total", "Messages sent to POP3 clients.")),
      deleted_(metrics.counter("courier_pop3_messages_deleted_total", "Messages removed at QUIT.")),
      failures_(metrics.counter("courier_pop3_store_failures_total", "Commands that failed because of the disk.")) {}

void Pop3Probe::started(const SessionStart& start, std::uint32_t messages) {
  sessions_.add();
  log_.info("pop3 session", {{"session", start.session},
                             {"account", start.account->spec().address},
                             {"peer", start.peer},
                             {"tls", start.tls},
                             {"messages", std::uint64_t{messages}}});
}

void Pop3Probe::refused(const SessionStart& start, const std::string& why) {
  failures_.add();
  log_.error("pop3 inbox cannot be opened", {{"session", start.session}, {"account", start.account->spec().address}, {"why", why}});
}

void Pop3Probe::ended(const std::string& session, const std::string& account, const char* reason, const Totals& totals) {
  retrieved_.add(totals.retrieved);
  deleted_.add(totals.deleted);
  log_.info("pop3 session ended", {{"session", session},
                                   {"account", account},
                                   {"reason", reason},
                                   {"retrieved", totals.retrieved},
                                   {"bytes", totals.retrieved_bytes},
                                   {"deleted", totals.deleted}});
}

void Pop3Probe::store_failed(const std::string& session, const std::string& account, const std::string& what) {
  failures_.add();
  log_.error("pop3 store failed", {{"session", session}, {"account", account}, {"what", what}});
}

}  // namespace courier::mailbox
