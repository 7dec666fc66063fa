// An IMAP session after sign-in: what the mailbox daemon needs to know of this library.
#pragma once

#include <cstdint>
#include <memory>

#include "daemons/mailbox/session.h"
#include "runtime/metrics.h"
#include "settings/imap.h"

namespace courier::mailbox {

// What sessions report; one object a process, outlives them all.
class ImapProbe {
 public:
  ImapProbe(Log& log, Metrics& metrics);
  void began();
  void ended(const SessionStart& session, const char* reason, std::uint64_t received, std::uint64_t sent);
  void command();
  void rejected(const SessionStart& session, const char* reason);
  void store_failed(const SessionStart& session, const char* command, const std::string& text);

 private:
  Log& log_;
  Gauge& sessions_;
  Counter& commands_;
  Counter& rejected_;
  Counter& store_failures_;
};

// `settings` and `probe` outlive the session. A session that waits for a command holds no buffer; every session of a folder
// shares its snapshot. Drop the session only after run() has ended, or to end it at once, and never from inside run().
[[nodiscard]] std::unique_ptr<Session> make_imap_session(SessionStart start, const ImapSettings& settings, ImapProbe& probe);

}  // namespace courier::mailbox
