#include "daemons/queue/probe.h"

#include "base/text.h"

namespace courier::queue {
namespace {

const char* name_of(delivery::Outcome outcome) {
  switch (outcome) {
    case delivery::Outcome::Delivered: return "delivered";
    case delivery::Outcome::Relayed: return "relayed";
    case delivery::Outcome::Forwarded: return "forwarded";
    case delivery::Outcome::Deferred: return "deferred";
    case delivery::Outcome::Failed: return "failed";
  }
  return "unknown";
}

}  // namespace

Probe::Probe(Log& log, Metrics& metrics)
    : log_(log),
      accepted_(metrics.counter("courier_queue_messages_accepted_total", "Messages committed to the spool.")),
      refused_(metrics.counter("courier_queue_messages_refused_total", "Submissions that were not accepted.")),
      delivered_(
          metrics.counter("courier_queue_recipients_total", "Outcomes of delivery attempts, per recipient.", "outcome=\"delivered\"")),
      deferred_(metrics.counter("courier_queue_recipients_total", "Outcomes of delivery attempts, per recipient.", "outcome=\"deferred\"")),
      failed_(metrics.counter("courier_queue_recipients_total", "Outcomes of delivery attempts, per recipient.", "outcome=\"failed\"")),
      completed_(metrics.counter("courier_queue_messages_completed_total", "Messages that have left the spool.")),
      reports_(metrics.counter("courier_queue_reports_total", "Delivery status notifications made.")),
      troubles_(metrics.counter("courier_queue_spool_troubles_total", "Changes that the disk refused.")),
      active_(metrics.gauge("courier_queue_active_messages", "Messages in memory.")),
      local_(metrics.gauge("courier_queue_attempts", "Delivery attempts under way.", "transport=\"local\"")),
      remote_(metrics.gauge("courier_queue_attempts", "Delivery attempts under way.", "transport=\"remote\"")),
      free_(metrics.gauge("courier_queue_free_bytes", "Free space on the spool's disk.")),
      age_(metrics.histogram("courier_queue_message_age_seconds", "From arrival to completion.", {0.1, 1, 10, 60, 600, 3600, 86400})) {}

void Probe::accepted(const Message& message) {
  accepted_.add();
  const submit::Envelope& envelope = message.record.envelope;
  log_.info("message accepted", {{"id", envelope.id},
                                 {"session", envelope.trace},
                                 {"source", submit::to_string(message.record.source)},
                                 {"from", envelope.sender},
                                 {"recipients", static_cast<std::uint64_t>(envelope.recipients.size())},
                                 {"size", message.record.size}});
}

void Probe::refused(const std::string& id, const char* outcome, const std::string& text) {
  refused_.add();
  log_.notice("message refused", {{"id", id}, {"outcome", outcome}, {"reason", text}});
}

void Probe::attempted(const Message& message, const Target& target, const delivery::Result& result) {
  const bool deferred = result.outcome == delivery::Outcome::Deferred;
  const bool failed = result.outcome == delivery::Outcome::Failed;
  (deferred ? deferred_ : failed ? failed_ : delivered_).add();
  log_.info("delivery attempt", {{"id", message.id()},
                                 {"recipient", target.address},
                                 {"outcome", name_of(result.outcome)},
                                 {"host", result.remote},
                                 {"reply", printable(result.reply)},
                                 {"detail", printable(result.text)}});
}

void Probe::completed(const Message& message, Duration age) {
  completed_.add();
  age_.observe(static_cast<double>(age.nanoseconds) / 1e9);
  log_.info("message completed", {{"id", message.id()}, {"seconds", age.seconds()}});
}

void Probe::reported(const Message& about, const std::string& report_id, const char* kind) {
  reports_.add();
  log_.info("report made", {{"id", about.id()}, {"report", report_id}, {"kind", kind}});
}

void Probe::dropped(const Message& message) { log_.warning("undeliverable bounce dropped", {{"id", message.id()}}); }

void Probe::transport_fault(const std::string& id, const std::string& host, const char* fault) {
  log_.warning("transport fault", {{"id", id}, {"host", host}, {"fault", fault}});
}

void Probe::spool_trouble(const char* what, const std::string& text) {
  troubles_.add();
  log_.error("spool trouble", {{"what", what}, {"reason", text}});
}

void Probe::spool_recovered() { log_.notice("spool works again"); }
void Probe::clock_jumped() { log_.warning("clock jumped", {{"effect", "no message expires for a day"}}); }
void Probe::unreadable(std::int64_t number) { log_.error("message unreadable", {{"number", number}}); }

void Probe::opened(std::int64_t messages, std::size_t orphans, const std::string& damage, std::int64_t salvaged, std::int64_t lost) {
  log_.notice("spool opened", {{"messages", messages}, {"orphans", static_cast<std::uint64_t>(orphans)}});
  if (!damage.empty()) log_.error("spool damaged", {{"reason", damage}, {"salvaged", salvaged}, {"lost", lost}});
}

void Probe::window(std::size_t active, std::size_t running_local, std::size_t running_remote) {
  active_.set(static_cast<std::int64_t>(active));
  local_.set(static_cast<std::int64_t>(running_local));
  remote_.set(static_cast<std::int64_t>(running_remote));
}

void Probe::free_space(std::uint64_t bytes) { free_.set(static_cast<std::int64_t>(bytes)); }

}  // namespace courier::queue
