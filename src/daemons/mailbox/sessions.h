// Sessions: the clients that are signed in. Each is one task; its exception ends it alone.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "contracts/mailbox.h"
#include "daemons/mailbox/probe.h"
#include "daemons/mailbox/session.h"
#include "runtime/task_group.h"

namespace courier::mailbox {

// Who speaks which protocol; main.cc knows.
struct Protocols {
  std::function<std::unique_ptr<Session>(SessionStart)> imap, pop3;
};

class Sessions final : private TaskGroup::ErrorHandler {
 public:
  // `ended` is told auth's number of the connection when a session is over: auth counts.
  Sessions(Loop& loop, Probe& probe, std::function<void(std::uint64_t)> ended);
  ~Sessions() override;

  // `session` serves the client of `request`, for this account.
  void add(std::unique_ptr<Session> session, const HandOver& request, const std::string& account);
  [[nodiscard]] std::size_t size() const { return running_.size(); }
  // Has all say goodbye; true when they have ended before the deadline.
  [[nodiscard]] Task<bool> drain(Deadline deadline);

 private:
  struct Running {
    std::unique_ptr<Session> session;
    std::string name;  // for the log
    std::uint64_t connection = 0;
  };
  [[nodiscard]] Task<> serve(std::list<Running>::iterator place);
  void task_failed(std::exception_ptr error) override;

  Probe& probe_;
  std::function<void(std::uint64_t)> ended_;
  std::list<Running> running_;
  TaskGroup tasks_;
};

}  // namespace courier::mailbox
