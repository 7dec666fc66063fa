#include "daemons/smtpd/probe.h"

#include "base/text.h"

namespace courier::smtpd {

Probe::Probe(Log& log, Metrics& metrics)
    : log_(log),
      connections_(metrics.counter("courier_smtpd_connections_total", "Connections taken.")),
      refused_(metrics.counter("courier_smtpd_connections_refused_total", "Connections answered 421 at once.")),
      accepted_(metrics.counter("courier_smtpd_messages_accepted_total", "Messages answered 250: on stable storage.")),
      bytes_(metrics.counter("courier_smtpd_message_bytes_total", "Octets of messages accepted, as stored.")),
      refused_messages_(metrics.counter("courier_smtpd_messages_refused_total", "Messages refused after their data.")),
      rejected_(metrics.counter("courier_smtpd_commands_rejected_total", "Commands answered 4xx or 5xx.")),
      signed_in_(metrics.counter("courier_smtpd_sign_ins_total", "Successful AUTH.")),
      sign_in_failed_(metrics.counter("courier_smtpd_sign_in_failures_total", "Failed AUTH.")),
      trouble_(metrics.counter("courier_smtpd_internal_failures_total", "Answers missing from auth or queue.")),
      sessions_(metrics.gauge("courier_smtpd_sessions", "Sessions now.")) {}

void Probe::connected(std::string_view session, std::string_view service, std::string_view peer) {
  connections_.add();
  sessions_.add(1);
  log_.debug("connected", {{"session", session}, {"service", service}, {"peer", peer}});
}

void Probe::disconnected(std::string_view session, std::string_view reason) {
  sessions_.add(-1);
  log_.debug("disconnected", {{"session", session}, {"reason", reason}});
}

void Probe::refused(std::string_view peer, std::string_view reason) {
  refused_.add();
  log_.notice("connection refused", {{"peer", peer}, {"reason", reason}});
}

void Probe::tls_started(std::string_view session, std::string_view version, std::string_view cipher) {
  log_.debug("tls started", {{"session", session}, {"version", version}, {"cipher", cipher}});
}

void Probe::tls_failed(std::string_view session, std::string_view reason) {
  log_.info("tls failed", {{"session", session}, {"reason", reason}});
}

void Probe::signed_in(std::string_view session, std::string_view mechanism, std::string_view account) {
  signed_in_.add();
  log_.info("signed in", {{"session", session}, {"mechanism", mechanism}, {"account", account}});
}

void Probe::sign_in_failed(std::string_view session, std::string_view mechanism, std::string_view peer, std::string_view reason) {
  sign_in_failed_.add();
  log_.notice("sign-in failed", {{"session", session}, {"mechanism", mechanism}, {"peer", peer}, {"reason", reason}});
}

void Probe::rejected(std::string_view session, std::string_view peer, std::string_view command, const smtp::Reply& reply) {
  rejected_.add();
  log_.info("command rejected", {{"session", session}, {"peer", peer}, {"command", printable(command, 300)}, {"reply", quoted(reply)}});
}

void Probe::accepted(std::string_view session, std::string_view id, std::string_view sender, std::size_t recipients, std::uint64_t size,
                     std::string_view account) {
  accepted_.add();
  bytes_.add(size);
  log_.info("message accepted", {{"session", session},
                                 {"id", id},
                                 {"from", sender},
                                 {"recipients", std::uint64_t{recipients}},
                                 {"size", size},
                                 {"account", account}});
}

void Probe::message_refused(std::string_view session, std::string_view id, std::string_view sender, const smtp::Reply& reply) {
  refused_messages_.add();
  log_.info("message refused", {{"session", session}, {"id", id}, {"from", sender}, {"reply", quoted(reply)}});
}

void Probe::trouble(std::string_view session, std::string_view what, std::string_view detail) {
  trouble_.add();
  log_.error(what, {{"session", session}, {"detail", detail}});
}

void Probe::exception(std::string_view session, std::string_view what) {
  trouble_.add();
  log_.error("session failed", {{"session", session}, {"what", what}});
}

}  // namespace courier::smtpd
