// When a message is tried again, and when it is given up. Pure.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "settings/queue.h"

namespace courier::queue {

// The wait after `rounds` completed rounds (from 1): retry_short within a group of retry_group attempts; after a group retry_long,
// doubled with each group up to retry_doublings times. (Behaviour R-2 of the original: with the defaults 5, 5, 30, 5, 5, 60 ... minutes.)
[[nodiscard]] Duration retry_wait(std::uint32_t rounds, const QueueSettings& settings);

// Watches the wall clock against the monotonic one. After a jump nothing expires for a day: the clock may be wrong, and time that
// did not pass must not return anyone's mail.
class ExpiryClock {
 public:
  // `last_seen`: wall time when the queue last ran, if known.
  ExpiryClock(WallTime wall, Instant now, WallTime last_seen, Duration lifetime);
  // To be called now and then. True when a jump was seen.
  bool look(WallTime wall, Instant now);
  [[nodiscard]] bool suspended(Instant now) const { return now < suspended_until_; }

 private:
  WallTime wall_;
  Instant instant_;
  Instant suspended_until_{};
};

}  // namespace courier::queue
