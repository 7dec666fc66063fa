// One mail transaction: MAIL, RCPT and DATA for some recipients of a letter over an open session.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "transports/esmtp/letter.h"
#include "transports/esmtp/probe.h"
#include "transports/esmtp/session.h"
#include "transports/esmtp/verdict.h"

namespace courier::esmtp {

struct Patience {
  Duration command, data;
};

// Whether the letter can go to this server at all: size, 8-bit content, UTF-8 addresses. A verdict: it cannot.
[[nodiscard]] std::optional<Verdict> unfit(const Letter& letter, const Session& session);

struct Posted {
  // The kept session had ended before it answered: nothing has happened, another one may be tried.
  bool stale = false;
  std::vector<Verdict> verdicts;  // one for each of `recipients`, in their order, unless stale
};

// `recipients`: indices into the letter's; `null_sender`: MAIL FROM:<>. With PIPELINING all commands go at once (RFC 2920).
// Afterwards session.ended or session.needs_reset tell what became of the session. The references outlive the await.
[[nodiscard]] Task<Posted> post(Loop& loop, Session& session, const Letter& letter, const std::vector<std::size_t>& recipients,
                                bool null_sender, Patience patience);

}  // namespace courier::esmtp
