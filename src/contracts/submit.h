// contracts/submit: handing a message to the queue (smtpd roles mx, submission, inject -> queue). Contract number 0x03.
//
// The queue stamps the source from the channel. smtpd makes the queue id; queue refuses a repeat. A body beyond 64 KiB:
// OpenBody first; smtpd writes the file from offset 0 and passes its size in Submit. `Accepted` means: on stable storage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contracts/body.h"

namespace courier::submit {

enum class Source : std::uint8_t { Mx, Submission, Inject, Dsn };
[[nodiscard]] const char* to_string(Source source);

// RFC 3461 NOTIFY, a set of bits. 0: nothing was asked (failure and delay are told).
enum Notify : std::uint8_t { NotifyDefault = 0, NotifyNever = 1, NotifySuccess = 2, NotifyFailure = 4, NotifyDelay = 8 };
enum class Return : std::uint8_t { Default, Full, Headers };

struct Recipient {
  std::string address;             // as accepted at RCPT, without <>
  std::uint8_t notify = NotifyDefault;
  std::string original;            // ORCPT, decoded: "rfc822;ann@example.org"; empty: none
  template <class V>
  void fields(V& v) {
    v("address", address), v("notify", notify), v("original", original);
  }
};

struct Envelope {
  std::string id;                  // queue id
  std::string sender;              // empty: the null reverse-path
  std::vector<Recipient> recipients;
  Return ret = Return::Default;    // RET
  std::string envelope_id;         // ENVID, decoded
  bool smtputf8 = false;
  bool eight_bit = false;          // BODY=8BITMIME, or 8-bit bytes were found
  std::string account;             // authenticated account; empty: none
  std::string peer_name;           // HELO name
  std::string peer_address;        // IP address text; empty: local
  std::int64_t hold_until_us = 0;  // wall time before which nothing is attempted (FUTURERELEASE, undo send); 0: at once
  std::string trace;               // session id, for the log
  template <class V>
  void fields(V& v) {
    v("id", id), v("sender", sender), v("recipients", recipients), v("ret", ret), v("envelope_id", envelope_id);
    v("smtputf8", smtputf8), v("eight_bit", eight_bit), v("account", account), v("peer_name", peer_name);
    v("peer_address", peer_address), v("hold_until_us", hold_until_us), v("trace", trace);
  }
};

// What becomes one transaction with the submit: outcomes of another message that this one is the consequence of.
struct Finishes {
  std::string id;
  std::vector<std::uint32_t> recipients;  // their numbers
  template <class V>
  void fields(V& v) {
    v("id", id), v("recipients", recipients);
  }
};

enum class Outcome : std::uint8_t {
  Accepted,
  Full,        // 452 4.3.1: too little space
  Busy,        // 451 4.3.2: intake outruns delivery
  Repeated,    // that queue id or unique key is there already; for a unique key: counts as accepted
  Invalid,     // the request breaks the contract
  Failed,      // 451 4.3.0: the disk failed
};
struct SubmitReply {
  Outcome outcome = Outcome::Failed;
  std::string text;                // for the log
  template <class V>
  void fields(V& v) {
    v("outcome", outcome), v("text", text);
  }
};
// Descriptor 0: the body's file when body.in_file (the one from OpenBody).
struct Submit {
  static constexpr std::uint16_t type = 0x0301;
  static constexpr const char* name = "submit";
  using Reply = SubmitReply;
  Envelope envelope;
  Body body;
  std::uint64_t body_handle = 0;   // from OpenBody, when body.in_file
  std::string unique_key;          // empty: none
  std::optional<Finishes> finishes;
  template <class V>
  void fields(V& v) {
    v("envelope", envelope), v("body", body), v("body_handle", body_handle), v("unique_key", unique_key);
    v("finishes", finishes);
  }
};

struct OpenBodyReply {
  std::uint64_t handle = 0;        // 0: refused, see outcome
  Outcome outcome = Outcome::Failed;
  template <class V>
  void fields(V& v) {
    v("handle", handle), v("outcome", outcome);
  }
};
// The reply brings one descriptor: a nameless file in the spool, open for reading and writing. It is gone when the channel
// closes or AbandonBody comes before Submit.
struct OpenBody {
  static constexpr std::uint16_t type = 0x0302;
  static constexpr const char* name = "open body";
  using Reply = OpenBodyReply;
  std::string id;
  template <class V>
  void fields(V& v) {
    v("id", id);
  }
};
struct AbandonBody {
  static constexpr std::uint16_t type = 0x0303;
  static constexpr const char* name = "abandon body";
  std::uint64_t handle = 0;
  template <class V>
  void fields(V& v) {
    v("handle", handle);
  }
};

struct CancelReply {
  bool in_time = false;            // true: nothing was sent and nothing will be
  std::string text;
  template <class V>
  void fields(V& v) {
    v("in_time", in_time), v("text", text);
  }
};
// Takes back a message that is held (inject only, by the account that sent it).
struct Cancel {
  static constexpr std::uint16_t type = 0x0304;
  static constexpr const char* name = "cancel";
  using Reply = CancelReply;
  std::string id;
  std::string account;
  template <class V>
  void fields(V& v) {
    v("id", id), v("account", account);
  }
};

}  // namespace courier::submit
