// Session: one client after sign-in, on a stream made of the descriptor that front handed over. What the mailbox daemon
// starts, and what the libraries mailbox_imap (imap/session.h) and mailbox_pop3 (pop3/session.h) implement:
//
//     std::unique_ptr<Session> make_imap_session(SessionStart start, const MailboxSettings& settings, ImapProbe...);
#pragma once

#include <memory>
#include <string>

#include "runtime/log.h"
#include "runtime/stream.h"
#include "runtime/task.h"
#include "store/folder/account.h"

namespace courier::mailbox {

// Everything that outlives the session is a reference; the rest is the session's.
struct SessionStart {
  Loop& loop;
  Log& log;
  StreamPtr stream;
  store::AccountPtr account;
  std::string session;       // session id, for the log
  std::string peer;          // IP address text of the client
  bool tls = false;          // between the client and front
  std::string first_output;  // written before anything else (SASL's last challenge), or empty
  std::string tag;           // IMAP: tag of the command that signed in; its OK is the session's to write
  std::string buffered;      // what the client had sent after it
};

class Session {
 public:
  virtual ~Session() = default;  // ends at once
  // Serves the client until it leaves, its time is up, or drain() was called.
  [[nodiscard]] virtual Task<> run() = 0;
  // Says goodbye (IMAP: BYE) as soon as no command is under way, at once when idle; then run() ends.
  virtual void drain() = 0;
};

}  // namespace courier::mailbox
