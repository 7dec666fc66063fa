#include "transports/esmtp/probe.h"

#include "transports/esmtp/session.h"

namespace courier::esmtp {

namespace {

constexpr const char* recipients_name = "courier_esmtp_recipients_total";
constexpr const char* recipients_help = "Recipients of outgoing mail, by outcome of the attempt";

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

}  // namespace

Probe::Probe(Log& log, Metrics& metrics)
    : log_(log),
      delivered_(metrics.counter(recipients_name, recipients_help, "outcome=\"sent\"")),
      deferred_(metrics.counter(recipients_name, recipients_help, "outcome=\"deferred\"")),
      failed_(metrics.counter(recipients_name, recipients_help, "outcome=\"failed\"")),
      opened_(metrics.counter("courier_esmtp_connections_opened_total", "Connections opened to other hosts")),
      tls_(metrics.counter("courier_esmtp_connections_tls_total", "Of these, encrypted")),
      reused_(metrics.counter("courier_esmtp_connections_reused_total", "Messages sent over a connection that was open already")),
      stale_(metrics.counter("courier_esmtp_connections_stale_total", "Kept connections that had ended when they were wanted")),
      host_failed_(metrics.counter("courier_esmtp_hosts_failed_total", "Hosts that could not be used when tried")),
      tls_given_up_(metrics.counter("courier_esmtp_tls_given_up_total", "Hosts whose STARTTLS failed and that got plain text")),
      bytes_(metrics.counter("courier_esmtp_sent_bytes_total", "Message bytes sent")),
      open_(metrics.gauge("courier_esmtp_connections_open", "Connections open now")),
      idle_(metrics.gauge("courier_esmtp_connections_idle", "Of these, waiting for a message")) {}

void Probe::finished(const delivery::Deliver& message, const delivery::Recipient& recipient, const delivery::Result& result) {
  const bool deferred = result.outcome == delivery::Outcome::Deferred, failed = result.outcome == delivery::Outcome::Failed;
  (deferred ? deferred_ : failed ? failed_ : delivered_).add();
  log_.info(deferred ? "deferred"
            : failed ? "failed"
                     : "sent",
            {{"id", message.id},
             {"from", message.sender},
             {"to", recipient.address},
             {"host", result.remote},
             {"reply", one_line(result.reply)},
             {"why", one_line(result.text)}});
}

void Probe::opened(const Session& session) {
  opened_.add();
  const TlsFacts* tls = session.tls();
  if (tls) tls_.add();
  log_.debug(
      "connection opened",
      {{"host", session.remote()}, {"tls", tls ? tls->version + " " + tls->cipher : "none"}, {"verified", tls && tls->peer_verified}});
}

void Probe::host_failed(const std::string& id, const std::string& remote, const std::string& why) {
  host_failed_.add();
  log_.info("host failed", {{"id", id}, {"host", remote}, {"why", one_line(why)}});
}

void Probe::tls_given_up(const std::string& host, const std::string& why) {
  tls_given_up_.add();
  log_.notice("tls given up", {{"host", host}, {"why", why}});
}

void Probe::connections(std::size_t open, std::size_t idle) {
  open_.set(static_cast<std::int64_t>(open));
  idle_.set(static_cast<std::int64_t>(idle));
}

void Probe::dnssec(bool works) {
  if (works) {
    log_.info("dnssec works");
  } else {
    log_.notice("dnssec unavailable", {{"why", "the root's keys could not be fetched and validated; DANE is off"}});
  }
}

void Probe::refused_settings(const std::string& fault) { log_.error("settings refused", {{"why", fault}}); }

}  // namespace courier::esmtp
