// contracts/delivery: one delivery attempt (queue -> mailbox, esmtp and other transports). Contract number 0x04, version 1.
// This contract speaks version N and N-1 across an upgrade.
//
// The queue sends Deliver with every recipient of one message that goes the same way; the transport answers once, with an
// outcome for each. A transport that dies leaves the outcome unknown: the queue attempts again, with the same names
// (queue id and recipient number), so that `mailbox` recognises what it already has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contracts/body.h"
#include "contracts/submit.h"

namespace courier::delivery {

inline constexpr std::uint16_t version = 1;

struct Recipient {
  std::uint32_t number = 0;        // within the message; with the queue id it names this delivery for ever
  std::string address;             // where it goes
  std::string original;            // ORCPT
  std::uint8_t notify = 0;
  std::string delivered_to;        // local: the address for Delivered-To
  template <class V>
  void fields(V& v) {
    v("number", number), v("address", address), v("original", original), v("notify", notify), v("delivered_to", delivered_to);
  }
};

enum class Outcome : std::uint8_t {
  Delivered,   // final delivery
  Relayed,     // handed to a host that does not do DSNs
  Forwarded,   // handed to a host that does: nothing more is ours to tell
  Deferred,
  Failed,
};
struct Result {
  std::uint32_t number = 0;
  Outcome outcome = Outcome::Deferred;
  std::string reply;               // "250 2.0.0 Ok", "550 5.1.1 No such user": the remote's own words, lines joined by \n
  std::string status;              // enhanced status code (RFC 3463)
  std::string remote;              // host that said so: "mx.example.org [192.0.2.7]"; empty: we did
  std::string text;                // for the log
  template <class V>
  void fields(V& v) {
    v("number", number), v("outcome", outcome), v("reply", reply), v("status", status), v("remote", remote), v("text", text);
  }
};
struct DeliverReply {
  std::vector<Result> results;
  // The whole site does not answer now: attempts for it wait this long. 0: no such thing was found.
  std::int64_t site_pause_ms = 0;
  template <class V>
  void fields(V& v) {
    v("results", results), v("site_pause_ms", site_pause_ms);
  }
};
// Descriptor 0: the body's file, for reading, when body.in_file.
struct Deliver {
  static constexpr std::uint16_t type = 0x0401;
  static constexpr const char* name = "deliver";
  using Reply = DeliverReply;
  std::uint16_t speaks = version;
  std::string id;                  // queue id
  std::int64_t arrived_us = 0;     // wall time of arrival at the queue
  std::string sender;
  std::vector<Recipient> recipients;
  Body body;
  std::string site;                // esmtp: the recipients' domain, lower case
  submit::Return ret = submit::Return::Default;
  std::string envelope_id;
  bool smtputf8 = false;
  bool eight_bit = false;
  std::uint32_t attempt = 0;       // from 0
  template <class V>
  void fields(V& v) {
    v("speaks", speaks), v("id", id), v("arrived_us", arrived_us), v("sender", sender), v("recipients", recipients);
    v("body", body), v("site", site), v("ret", ret), v("envelope_id", envelope_id), v("smtputf8", smtputf8);
    v("eight_bit", eight_bit), v("attempt", attempt);
  }
};

}  // namespace courier::delivery
