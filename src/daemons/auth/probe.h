// What auth tells its log and metrics, which outlive it. Passwords never come here.
#pragma once

#include <string>

#include "base/time.h"
#include "contracts/auth.h"
#include "runtime/address.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

namespace courier::auth {

class Probe {
 public:
  Probe(Log& log, Metrics& metrics);

  void refused_connection(Service service, const IpAddress& peer, const std::string& reason);
  void signed_in(Service service, const IpAddress& peer, const std::string& account, const std::string& mechanism, bool tls);
  void sign_in_failed(Service service, const IpAddress& peer, const std::string& user, const std::string& mechanism,
                      const std::string& why);
  void banned(const IpAddress& peer, Duration time);
  void weak_password(const std::string& account);
  void broke_authority(const std::string& peer, const std::string& what);
  void grant_failed(const std::string& mailbox, const std::string& why);
  void connections(std::uint64_t now) { connections_.set(static_cast<std::int64_t>(now)); }
  void administration(const std::string& verb, std::int32_t status);

 private:
  Log& log_;
  Counter &refused_, &succeeded_, &failed_, &bans_;
  Gauge& connections_;
};

}  // namespace courier::auth
