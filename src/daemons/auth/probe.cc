#include "daemons/auth/probe.h"

#include "base/text.h"

namespace courier::auth {

Probe::Probe(Log& log, Metrics& metrics)
    : log_(log),
      refused_(metrics.counter("courier_auth_connections_refused_total", "Connections refused because of limits or bans.")),
      succeeded_(metrics.counter("courier_auth_sign_ins_total", "Sign-ins by result.", R"(result="success")")),
      failed_(metrics.counter("courier_auth_sign_ins_total", "Sign-ins by result.", R"(result="failure")")),
      bans_(metrics.counter("courier_auth_bans_total", "Addresses banned for guessing passwords.")),
      connections_(metrics.gauge("courier_auth_connections", "Connections counted now, all services.")) {}

void Probe::refused_connection(Service service, const IpAddress& peer, const std::string& reason) {
  refused_.add();
  log_.notice("connection refused", {{"service", to_string(service)}, {"ip", peer.text()}, {"reason", reason}});
}

void Probe::signed_in(Service service, const IpAddress& peer, const std::string& account, const std::string& mechanism, bool tls) {
  succeeded_.add();
  log_.info("login", {{"service", to_string(service)}, {"user", account}, {"ip", peer.text()}, {"method", mechanism}, {"tls", tls}});
}

void Probe::sign_in_failed(Service service, const IpAddress& peer, const std::string& user, const std::string& mechanism,
                           const std::string& why) {
  failed_.add();
  log_.notice("login failed",
              {{"service", to_string(service)}, {"user", printable(user)}, {"ip", peer.text()}, {"method", mechanism}, {"reason", why}});
}

void Probe::banned(const IpAddress& peer, Duration time) {
  bans_.add();
  log_.warning("address banned", {{"ip", peer.text()}, {"seconds", time.seconds()}});
}

void Probe::weak_password(const std::string& account) {
  log_.warning("unsalted password", {{"user", account}, {"hint", "stored anew at the next sign-in with PLAIN or LOGIN"}});
}

void Probe::broke_authority(const std::string& peer, const std::string& what) {
  log_.error("authority violation", {{"peer", peer}, {"what", what}});
}

void Probe::grant_failed(const std::string& mailbox, const std::string& why) {
  log_.error("mailbox not reached", {{"mailbox", mailbox}, {"reason", why}});
}

void Probe::administration(const std::string& verb, std::int32_t status) {
  log_.info("administration", {{"verb", verb}, {"status", std::int64_t{status}}});
}

}  // namespace courier::auth
