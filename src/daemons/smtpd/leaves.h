// Leaves: auth's permissions for connections that have ended, kept for the next ones from the same addresses, so that a client that
// comes once a message is not asked about each time.
//
// A leave that is kept goes on counting at auth as the connection it was given for: limits hold exactly, and an address may look
// for a second as if it had one connection more than it has. A ban counts when the last kept leave of its address was given back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "runtime/link.h"
#include "runtime/loop.h"

namespace courier::smtpd {

struct Leave {
  std::uint64_t connection = 0;  // auth's number; 0: none
  std::uint64_t generation = 0;  // of the auth that gave it
};

class Leaves {
 public:
  // At most `most` are kept, each up to twice `lifetime`.
  Leaves(Loop& loop, Link& auth, Duration lifetime, std::size_t most) : loop_(loop), auth_(auth), lifetime_(lifetime), most_(most) {}
  // What is kept is not given back: auth counts none of a process that is gone.
  ~Leaves() { loop_.cancel_timer(timer_); }
  Leaves(const Leaves&) = delete;
  Leaves& operator=(const Leaves&) = delete;

  // One that auth still knows, if there is one for this address.
  [[nodiscard]] std::optional<Leave> take(const std::string& peer);
  void keep(const std::string& peer, Leave leave);
  // Tells auth that the connection has ended.
  void give_back(Leave leave);

 private:
  void sweep();

  Loop& loop_;
  Link& auth_;
  const Duration lifetime_;
  const std::size_t most_;
  struct Kept {
    Leave leave;
    bool seen = false;  // by one sweep
  };
  std::map<std::string, std::vector<Kept>> kept_;
  std::size_t count_ = 0;
  TimerId timer_;
};

}  // namespace courier::smtpd
