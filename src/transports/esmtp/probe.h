// What the transport tells the world: log lines and metrics. Passwords and message text stay out of both.
#pragma once

#include <string>

#include "contracts/delivery.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

namespace courier::esmtp {

class Session;

class Probe {
 public:
  Probe(Log& log, Metrics& metrics);

  void finished(const delivery::Deliver& message, const delivery::Recipient& recipient, const delivery::Result& result);
  void opened(const Session& session);
  void reused() { reused_.add(); }
  // A host that could not be used: unreachable, turned us away, failed at TLS or AUTH.
  void host_failed(const std::string& id, const std::string& remote, const std::string& why);
  // STARTTLS failed: plain text is used with this host for a while.
  void tls_given_up(const std::string& host, const std::string& why);
  void stale() { stale_.add(); }
  void sent_bytes(std::uint64_t count) { bytes_.add(count); }
  void connections(std::size_t open, std::size_t idle);
  void dnssec(bool works);
  void refused_settings(const std::string& fault);

 private:
  Log& log_;
  Counter &delivered_, &deferred_, &failed_, &opened_, &tls_, &reused_, &stale_, &host_failed_, &tls_given_up_, &bytes_;
  Gauge &open_, &idle_;
};

}  // namespace courier::esmtp
