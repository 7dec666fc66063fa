#include "daemons/mailbox/probe.h"

namespace courier::mailbox {

namespace {
constexpr const char* kDeliveries = "courier_mailbox_deliveries_total";
constexpr const char* kDeliveriesHelp = "Local delivery attempts by outcome.";
constexpr const char* kWaves = "courier_mailbox_waves_total";
constexpr const char* kWavesHelp = "Deliveries of many messages whose file system was synced as a whole, or was not in time.";
}  // namespace

Probe::Probe(Log& log, Metrics& metrics)
    : log_(log),
      delivered_(metrics.counter(kDeliveries, kDeliveriesHelp, "outcome=\"delivered\"")),
      repeated_(metrics.counter(kDeliveries, kDeliveriesHelp, "outcome=\"repeated\"")),
      deferred_(metrics.counter(kDeliveries, kDeliveriesHelp, "outcome=\"deferred\"")),
      failed_(metrics.counter(kDeliveries, kDeliveriesHelp, "outcome=\"failed\"")),
      together_(metrics.counter(kWaves, kWavesHelp, "result=\"whole\"")),
      apart_(metrics.counter(kWaves, kWavesHelp, "result=\"apart\"")),
      refused_(metrics.counter("courier_mailbox_hand_overs_refused_total", "Sessions that came without a valid ticket.")),
      sessions_(metrics.gauge("courier_mailbox_sessions", "IMAP and POP3 sessions after sign-in.")) {}

void Probe::delivered(const std::string& queue_id, const delivery::Recipient& recipient, bool repeated) {
  (repeated ? repeated_ : delivered_).add();
  log_.debug(repeated ? "delivery repeated" : "delivered", {{"queue", queue_id}, {"account", recipient.address}});
}

void Probe::not_delivered(const std::string& queue_id, const delivery::Recipient& recipient, const delivery::Result& result) {
  const bool failed = result.outcome == delivery::Outcome::Failed;
  (failed ? failed_ : deferred_).add();
  log_.notice(failed ? "delivery failed" : "delivery deferred",
              {{"queue", queue_id}, {"account", recipient.address}, {"reply", result.reply}, {"cause", result.text}});
}

void Probe::wave_ended(std::size_t messages, bool whole) {
  (whole ? together_ : apart_).add();
  if (!whole) log_.info("file system not synced as a whole", {{"messages", static_cast<std::uint64_t>(messages)}});
}

void Probe::hand_over_refused(const HandOver& request, const char* reason) {
  refused_.add();
  log_.warning("hand-over refused",
               {{"session", request.session}, {"service", auth::to_string(request.service)}, {"peer", request.peer}, {"reason", reason}});
}

void Probe::session_began(const HandOver& request, const std::string& account) {
  sessions_.add(1);
  log_.info("session began", {{"session", request.session},
                              {"service", auth::to_string(request.service)},
                              {"peer", request.peer},
                              {"account", account},
                              {"tls", request.tls}});
}

void Probe::session_ended() { sessions_.add(-1); }

void Probe::session_failed(const std::string& session, const std::string& what) {
  log_.error("session failed", {{"session", session}, {"error", what}});
}

void Probe::no_watcher() { log_.notice("no file watcher", {{"effect", "changes by other programs are seen at the next command"}}); }

}  // namespace courier::mailbox
