// Mailboxes: the processes that own mail. auth alone can cause one to start, and tells it who may come in.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "contracts/mailbox.h"
#include "runtime/daemon.h"
#include "store/accounts/admin.h"

namespace courier::auth {

class Mailboxes {
 public:
  // `link` gives the link to a mailbox process by its peer name.
  Mailboxes(DaemonContext& context, std::function<Link&(const std::string&)> link) : context_(context), link_(std::move(link)) {}

  // There is, or will be in a moment, a process for this account. The error is for the log.
  [[nodiscard]] Task<Result<void, std::string>> ensure(accounts::Account account, std::string mail_dir, Deadline deadline);
  // Tells `peer` of a ticket.
  [[nodiscard]] Task<Result<void, std::string>> grant(std::string peer, mailbox::Grant grant, Deadline deadline);

 private:
  DaemonContext& context_;
  std::function<Link&(const std::string&)> link_;
  std::map<std::pair<std::uint32_t, std::string>, Instant> ensured_;  // when, by uid and folder
};

}  // namespace courier::auth
