// What the mailbox daemon needs to know of POP3.
#pragma once

#include <memory>

#include "daemons/mailbox/session.h"
#include "runtime/metrics.h"
#include "settings/pop3.h"

namespace courier::mailbox {

// One a process; counts what all sessions do.
class Pop3Probe {
 public:
  Pop3Probe(Log& log, Metrics& metrics);

  struct Totals {
    std::uint64_t retrieved = 0, retrieved_bytes = 0, deleted = 0;
  };
  void started(const SessionStart& start, std::uint32_t messages);
  void refused(const SessionStart& start, const std::string& why);
  // `reason`: "quit", "client left", "timed out", ...
  void ended(const std::string& session, const std::string& account, const char* reason, const Totals& totals);
  void store_failed(const std::string& session, const std::string& account, const std::string& what);

 private:
  Log& log_;
  Counter& sessions_;
  Counter& retrieved_;
  Counter& deleted_;
  Counter& failures_;
};

// Says "+OK" to the sign-in itself. `settings` and `probe` outlive the session.
[[nodiscard]] std::unique_ptr<Session> make_pop3_session(SessionStart start, const Pop3Settings& settings, Pop3Probe& probe);

}  // namespace courier::mailbox
