// What front tells its log and metrics.
#pragma once

#include <cstdint>
#include <string>

#include "contracts/auth.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

namespace courier::front {

class Probe {
 public:
  Probe(Log& log, Metrics& metrics);

  void connected(const std::string& session, auth::Service service, const std::string& peer, bool tls);
  void refused(auth::Service service, const std::string& peer, const std::string& reason);
  void tls_failed(const std::string& session, const std::string& why);
  void ended(const std::string& session, const std::string& why);
  void handed_over(const std::string& session, const std::string& account, const std::string& mailbox, bool pumped);
  void trouble(const std::string& session, const std::string& what, const std::string& why);
  void waiting(std::size_t unauthenticated) { waiting_.set(static_cast<std::int64_t>(unauthenticated)); }
  void pumped(std::size_t sessions) { pumped_.set(static_cast<std::int64_t>(sessions)); }

 private:
  Log& log_;
  Counter &connections_, &refused_, &handed_over_, &evicted_;
  Gauge &waiting_, &pumped_;
};

}  // namespace courier::front
