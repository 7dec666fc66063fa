// LocalDelivery: the queue's messages into inboxes (contracts/delivery). Answers once all recipients have their outcome.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contracts/delivery.h"
#include "daemons/mailbox/account_directory.h"
#include "daemons/mailbox/probe.h"
#include "runtime/channel.h"
#include "runtime/task_group.h"
#include "settings/mailbox.h"
#include "store/maildir/delivery.h"

namespace courier::mailbox {

class LocalDelivery {
 public:
  struct Parts {
    Loop& loop;
    AccountDirectory& accounts;
    store::Deliverer& deliverer;
    Probe& probe;
    std::string host_name;  // in file names: the same after a restart
    // Told the maildir after something new lies in its inbox.
    std::function<void(const std::string& maildir)> arrived;
  };
  explicit LocalDelivery(Parts parts);

  void set(const MailboxSettings& settings) { defer_over_quota_ = settings.over_quota == "defer"; }
  // The queue's channel is new: what it sent before may come again without saying so.
  void queue_attached() { since_ = parts_.loop.wall_now(); }
  [[nodiscard]] Task<delivery::DeliverReply> deliver(WithDescriptors<delivery::Deliver> request);
  [[nodiscard]] bool idle() const { return running_.size() == 0; }
  // True when everything that was begun has ended.
  [[nodiscard]] Task<bool> drain(Deadline deadline);

 private:
  struct Message;
  [[nodiscard]] Task<> deliver_one(std::shared_ptr<Message> message, std::size_t index);
  [[nodiscard]] Task<delivery::Result> attempt(std::shared_ptr<Message> message, std::size_t index);
  [[nodiscard]] delivery::Result as_result(const store::DeliveryResult& result) const;

  Parts parts_;
  bool defer_over_quota_ = false;
  bool draining_ = false;
  WallTime since_;
  TaskGroup running_;
};

}  // namespace courier::mailbox
