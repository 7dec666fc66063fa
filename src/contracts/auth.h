// contracts/auth: sign-in and limits (front, smtpd -> auth). Contract number 0x01.
//
// One question per connection: Connected, answered before the greeting; `allowed == false` carries the text for the 421,
// BYE or -ERR. Every allowed connection ends with Disconnected.
//
// A sign-in is an exchange: SaslBegin, then SaslContinue while `step == Challenge`. On Success auth has already told the
// mailbox process about a single-use ticket (contracts/mailbox, 10 s); the caller presents its number and nothing else.
// A wrong password and an unknown user are answered alike, after the same time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace courier::auth {

enum class Service : std::uint8_t { Smtp, Submission, Imap, Pop3 };
[[nodiscard]] const char* to_string(Service service);

struct ConnectedReply {
  bool allowed = false;
  std::string reason;         // for the client when refused
  std::uint64_t connection = 0;
  std::vector<std::string> mechanisms_plain;  // SASL mechanisms offered without TLS
  std::vector<std::string> mechanisms_tls;    // and with TLS
  template <class V>
  void fields(V& v) {
    v("allowed", allowed), v("reason", reason), v("connection", connection);
    v("mechanisms_plain", mechanisms_plain), v("mechanisms_tls", mechanisms_tls);
  }
};
struct Connected {
  static constexpr std::uint16_t type = 0x0101;
  static constexpr const char* name = "connected";
  using Reply = ConnectedReply;
  Service service = Service::Smtp;
  std::string peer;   // IP address as text
  template <class V>
  void fields(V& v) {
    v("service", service), v("peer", peer);
  }
};
struct Disconnected {
  static constexpr std::uint16_t type = 0x0102;
  static constexpr const char* name = "disconnected";
  std::uint64_t connection = 0;
  template <class V>
  void fields(V& v) {
    v("connection", connection);
  }
};

enum class Step : std::uint8_t {
  Challenge,   // send `data` to the client, continue with its answer
  Success,
  Denied,      // wrong credentials
  Malformed,   // the client's message breaks the mechanism's grammar
  Unavailable, // temporary: account database down
  Refused,     // the account may not use this service, or the mechanism is not offered here
};

struct SaslReply {
  Step step = Step::Denied;
  std::uint64_t exchange = 0;
  std::string data;           // raw bytes for the client with Challenge; SCRAM's final message is one, answered by an empty response
  std::string reason;         // for client and log when not Success
  std::string account;        // on Success: the account's address
  std::string mailbox;        // on Success for Imap and Pop3: peer name of the mailbox process ("mailbox:v0")
  std::uint64_t ticket = 0;   // on Success
  std::vector<std::string> senders;  // on Success for Submission: addresses the account may send as; "@domain" for all of one
  template <class V>
  void fields(V& v) {
    v("step", step), v("exchange", exchange), v("data", data), v("reason", reason), v("account", account);
    v("mailbox", mailbox), v("ticket", ticket), v("senders", senders);
  }
};
struct SaslBegin {
  static constexpr std::uint16_t type = 0x0103;
  static constexpr const char* name = "sasl begin";
  using Reply = SaslReply;
  std::uint64_t connection = 0;
  Service service = Service::Imap;
  std::string mechanism;          // upper case: PLAIN, LOGIN, SCRAM-SHA-256, SCRAM-SHA-256-PLUS
  bool has_initial = false;
  std::string initial;            // raw bytes, decoded from base64
  bool tls = false;
  std::string channel_binding;    // tls-exporter bytes; empty: none
  template <class V>
  void fields(V& v) {
    v("connection", connection), v("service", service), v("mechanism", mechanism), v("has_initial", has_initial);
    v("initial", initial), v("tls", tls), v("channel_binding", channel_binding);
  }
};
struct SaslContinue {
  static constexpr std::uint16_t type = 0x0104;
  static constexpr const char* name = "sasl continue";
  using Reply = SaslReply;
  std::uint64_t exchange = 0;
  bool cancel = false;            // the client sent "*"
  std::string response;
  template <class V>
  void fields(V& v) {
    v("exchange", exchange), v("cancel", cancel), v("response", response);
  }
};

}  // namespace courier::auth
