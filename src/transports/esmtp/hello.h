// The first words of a session: greeting, EHLO, STARTTLS, AUTH.
#pragma once

#include "transports/esmtp/services.h"
#include "transports/esmtp/session.h"
#include "transports/esmtp/verdict.h"
#include "transports/esmtp/way.h"

namespace courier::esmtp {

// How this host is to be encrypted.
struct Encryption {
  enum class Starttls { Use, Avoid } starttls = Starttls::Use;
  TlsPolicy needed = TlsPolicy::May;
  TlsClientSettings client;
};

// Why an address of a host cannot be used.
struct Miss {
  Verdict verdict;
  bool unreachable = false;  // no connection
  bool tls_failed = false;   // STARTTLS was refused or the handshake failed
  bool lasting = false;      // this host will not do: no TLS where it is needed, no common way to sign in
};

// Afterwards session.offers holds what the server offers.
[[nodiscard]] Task<Result<void, Miss>> greet(Session& session, Services& services, const Policy& policy, const Way& way,
                                             const Encryption& encryption);

}  // namespace courier::esmtp
