// Probe: what the queue tells of its work, as log lines and metrics. Log fields: id (queue id) always; the lines are
// "message accepted", "delivery attempt" (one a recipient), "message completed", and troubles by name.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "daemons/queue/message.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

namespace courier::queue {

class Probe {
 public:
  Probe(Log& log, Metrics& metrics);

  void accepted(const Message& message);
  void refused(const std::string& id, const char* outcome, const std::string& text);
  void attempted(const Message& message, const Target& target, const delivery::Result& result);
  void completed(const Message& message, Duration age);
  void reported(const Message& about, const std::string& report_id, const char* kind);
  // A bounce of a bounce could not be delivered either: nobody is told any more.
  void dropped(const Message& message);
  void transport_fault(const std::string& id, const std::string& host, const char* fault);
  void spool_trouble(const char* what, const std::string& text);
  void spool_recovered();
  void clock_jumped();
  void unreadable(std::int64_t number);
  void opened(std::int64_t messages, std::size_t orphans, const std::string& damage, std::int64_t salvaged, std::int64_t lost);

  void window(std::size_t active, std::size_t running_local, std::size_t running_remote);
  void free_space(std::uint64_t bytes);

 private:
  Log& log_;
  Counter& accepted_;
  Counter& refused_;
  Counter& delivered_;
  Counter& deferred_;
  Counter& failed_;
  Counter& completed_;
  Counter& reports_;
  Counter& troubles_;
  Gauge& active_;
  Gauge& local_;
  Gauge& remote_;
  Gauge& free_;
  Histogram& age_;
};

}  // namespace courier::queue
