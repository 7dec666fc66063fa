// What the mailbox process tells its log and metrics. Message text never comes here.
#pragma once

#include <string>

#include "contracts/delivery.h"
#include "contracts/mailbox.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

namespace courier::mailbox {

class Probe {
 public:
  Probe(Log& log, Metrics& metrics);

  void delivered(const std::string& queue_id, const delivery::Recipient& recipient, bool repeated);
  // Deferred or failed.
  void not_delivered(const std::string& queue_id, const delivery::Recipient& recipient, const delivery::Result& result);
  // So many messages were synced together, or could not be.
  void wave_ended(std::size_t messages, bool whole);
  void hand_over_refused(const HandOver& request, const char* reason);
  void session_began(const HandOver& request, const std::string& account);
  void session_ended();
  // An exception ended it.
  void session_failed(const std::string& session, const std::string& what);
  void no_watcher();

 private:
  Log& log_;
  Counter &delivered_, &repeated_, &deferred_, &failed_, &together_, &apart_, &refused_;
  Gauge& sessions_;
};

}  // namespace courier::mailbox
