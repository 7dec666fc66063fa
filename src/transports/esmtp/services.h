// What deliveries share. Owned by the daemon (or a test), outlives them.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>

#include "runtime/dns.h"
#include "runtime/loop.h"
#include "runtime/tls.h"
#include "transports/esmtp/dialer.h"
#include "transports/esmtp/hosts.h"
#include "transports/esmtp/probe.h"

namespace courier::esmtp {

// Hosts whose STARTTLS failed, for two hours each.
class TlsMemory {
 public:
  explicit TlsMemory(Loop& loop) : loop_(loop) {}
  void remember(const std::string& host);
  [[nodiscard]] bool failed(const std::string& host);
  [[nodiscard]] std::size_t size() const { return until_.size(); }

 private:
  Loop& loop_;
  std::map<std::string, Instant> until_;
};

struct Services {
  Loop& loop;
  Resolver* resolver;       // may change between two deliveries; resolvers themselves stay
  Dialer& dialer;
  TlsClientContext& tls;
  TlsMemory& tls_memory;
  Probe& probe;
  std::string trust_pem;    // empty: the system's roots
  Self self;
  std::minstd_rand random;
};

}  // namespace courier::esmtp
