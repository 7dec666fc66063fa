// Opening a session: from a way to a greeted, encrypted and signed-in connection with the first host that will have us.
#pragma once

#include <memory>

#include "transports/esmtp/services.h"
#include "transports/esmtp/session.h"
#include "transports/esmtp/verdict.h"
#include "transports/esmtp/way.h"

namespace courier::esmtp {

// Why there is no session.
struct Unopened {
  Verdict verdict;
  bool unreachable = false;  // not one host accepted a connection
};

// Tries hosts by preference and each of their addresses, at most 16 in all; the next one after a refused or timed-out
// connection, a 4xx or 5xx greeting, a failed TLS handshake that may not be done without. `id` is for the log.
// The references outlive the await.
[[nodiscard]] Task<Result<std::unique_ptr<Session>, Unopened>> open_session(Services& services, const Policy& policy, const Way& way,
                                                                            const std::string& id);

// For `explain`: what TLS policy holds for a host found by DNS: its TLSA records when they are secure.
// TryAgain or Bogus: the host must not be used now (RFC 7672, section 2.1.1).
[[nodiscard]] Task<DnsResult<TlsaRecord>> find_tlsa(Resolver& resolver, const Host& host, std::uint16_t port, Deadline deadline);

}  // namespace courier::esmtp
