#include "daemons/front/probe.h"

namespace courier::front {

Probe::Probe(Log& log, Metrics& metrics)
    : log_(log),
      connections_(metrics.counter("courier_front_connections_total", "Connections accepted.")),
      refused_(metrics.counter("courier_front_refused_total", "Connections refused because of limits.")),
      handed_over_(metrics.counter("courier_front_sessions_total", "Sessions handed to a mailbox process.")),
      evicted_(metrics.counter("courier_front_ended_before_sign_in_total", "Connections that ended without a session.")),
      waiting_(metrics.gauge("courier_front_unauthenticated", "Connections that have not signed in.")),
      pumped_(metrics.gauge("courier_front_tls_sessions", "Sessions whose TLS is carried here.")) {}

void Probe::connected(const std::string& session, auth::Service service, const std::string& peer, bool tls) {
  connections_.add();
  log_.debug("connection", {{"session", session}, {"service", to_string(service)}, {"ip", peer}, {"tls", tls}});
}

void Probe::refused(auth::Service service, const std::string& peer, const std::string& reason) {
  refused_.add();
  log_.notice("connection refused", {{"service", to_string(service)}, {"ip", peer}, {"reason", reason}});
}

void Probe::tls_failed(const std::string& session, const std::string& why) {
  log_.info("tls failed", {{"session", session}, {"reason", why}});
}

void Probe::ended(const std::string& session, const std::string& why) {
  evicted_.add();
  log_.info("connection ended", {{"session", session}, {"reason", why}});
}

void Probe::handed_over(const std::string& session, const std::string& account, const std::string& mailbox, bool pumped) {
  handed_over_.add();
  log_.info("handed over", {{"session", session}, {"user", account}, {"mailbox", mailbox}, {"tls", pumped}});
}

void Probe::trouble(const std::string& session, const std::string& what, const std::string& why) {
  log_.error(what, {{"session", session}, {"reason", why}});
}

}  // namespace courier::front
