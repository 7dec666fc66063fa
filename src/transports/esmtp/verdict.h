// Verdict: what came of an attempt, before it is known for which recipients. Outcome, reply, status, remote and text are
// those of contracts/delivery.
#pragma once

#include <string>
#include <string_view>

#include "contracts/delivery.h"
#include "wire/smtp/reply.h"

namespace courier::esmtp {

struct Verdict {
  delivery::Outcome outcome = delivery::Outcome::Deferred;
  std::string reply;   // "451 4.4.1 ..."; at most 500 octets
  std::string status;  // "4.4.1"
  std::string remote;  // "mx.example.org [192.0.2.7]"; empty: we say so ourselves
  std::string text;    // for the log
  bool operator==(const Verdict&) const = default;
};

// What we say ourselves, about `host` if one is given: 5xx is Failed, 4xx Deferred. `status` as "5.1.10".
[[nodiscard]] Verdict own_verdict(int code, std::string_view status, std::string_view text, const std::string& host = {});

// What a remote host said to a recipient or a message: 2xx is `success`, 5xx Failed, all else Deferred.
[[nodiscard]] Verdict verdict_of(const smtp::Reply& reply, const std::string& remote, delivery::Outcome success);

// The same for a host that would not talk to us at all: another host may, or this one later. Always Deferred.
[[nodiscard]] Verdict turned_away(const smtp::Reply& reply, const std::string& remote);

[[nodiscard]] delivery::Result result_for(std::uint32_t recipient, const Verdict& verdict);

}  // namespace courier::esmtp
