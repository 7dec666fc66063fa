// contracts/mailbox: opening a mailbox session. Contract number 0x05.
//
// auth -> mailbox: Grant, answered before the sign-in's success goes out. front -> mailbox: HandOver with the ticket's
// number, the client's socket (plain text) or one end of a pair that front pumps (TLS), and what the client had already sent. From then on
// the session is the mailbox's; it writes the sign-in's success itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contracts/auth.h"

namespace courier::mailbox {

struct GrantReply {
  bool accepted = false;
  std::string reason;
  template <class V>
  void fields(V& v) {
    v("accepted", accepted), v("reason", reason);
  }
};
struct Grant {
  static constexpr std::uint16_t type = 0x0501;
  static constexpr const char* name = "grant";
  using Reply = GrantReply;
  std::uint64_t ticket = 0;        // random; single use
  std::int64_t valid_ms = 10'000;
  auth::Service service = auth::Service::Imap;
  std::string peer;                // IP address text
  std::string account;
  std::string home, maildir;       // absolute
  std::uint64_t quota_bytes = 0, quota_messages = 0;
  template <class V>
  void fields(V& v) {
    v("ticket", ticket), v("valid_ms", valid_ms), v("service", service), v("peer", peer), v("account", account);
    v("home", home), v("maildir", maildir), v("quota_bytes", quota_bytes), v("quota_messages", quota_messages);
  }
};

struct HandOverReply {
  bool accepted = false;           // false: front ends the connection with `reason`
  std::string reason;
  template <class V>
  void fields(V& v) {
    v("accepted", accepted), v("reason", reason);
  }
};
// One descriptor: the session's socket.
struct HandOver {
  static constexpr std::uint16_t type = 0x0502;
  static constexpr const char* name = "hand over";
  using Reply = HandOverReply;
  std::uint16_t speaks = 1;
  std::uint64_t ticket = 0;
  auth::Service service = auth::Service::Imap;
  std::string session;             // session id, for the log
  std::string peer;                // must be the ticket's
  bool tls = false;
  std::string first_output;        // bytes the mailbox writes first: SASL's last challenge, or nothing
  std::string tag;                 // IMAP: tag of the command that signed in
  std::string buffered;            // what the client sent after it
  std::uint64_t connection = 0;    // auth's number; the mailbox reports Disconnected
  template <class V>
  void fields(V& v) {
    v("speaks", speaks), v("ticket", ticket), v("service", service), v("session", session), v("peer", peer), v("tls", tls);
    v("first_output", first_output), v("tag", tag), v("buffered", buffered), v("connection", connection);
  }
};

}  // namespace courier::mailbox
