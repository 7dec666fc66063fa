// Tickets: who may come in. auth grants each, for one account, service and client address, for ten seconds and one use.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "contracts/mailbox.h"
#include "runtime/loop.h"

namespace courier::mailbox {

class Tickets {
 public:
  explicit Tickets(Loop& loop) : loop_(loop) {}

  // False: that number is taken (auth makes them at random), or the grant is not one.
  [[nodiscard]] bool add(Grant grant);
  // The grant, when number, service and peer are right and its time is not over; in any case the ticket is used up.
  [[nodiscard]] std::optional<Grant> take(std::uint64_t number, auth::Service service, const std::string& peer);
  // Tickets that may still be used.
  [[nodiscard]] std::size_t size() {
    forget_old();
    return open_.size();
  }

 private:
  struct Open {
    Grant grant;
    Instant until;
  };
  void forget_old();

  Loop& loop_;
  std::map<std::uint64_t, Open> open_;
};

}  // namespace courier::mailbox
