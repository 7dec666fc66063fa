// What a round of attempts makes of a message. Pure, but for the message it changes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemons/queue/attempt.h"
#include "daemons/queue/message.h"
#include "settings/queue.h"

namespace courier::queue {

// Before a round: targets that need no attempt (nobody there, lists told as relayed) get their outcome; all that are left do when
// the message is cancelled.
void settle(Message& message, WallTime now);

// A transport's answer for a group. A target it says nothing about is deferred.
void take_results(Message& message, const Group& group, const delivery::DeliverReply& reply, WallTime now);

// How a round went, over all its groups.
struct Round {
  bool attempted = false;              // at least one group was handed to a transport
  std::int64_t paused_until_us = 0;    // a site does not answer: no attempt there before
  bool unresolved = false;             // the directory did not answer: some recipients are not known yet
};

struct Conclusion {
  bool finished = false;               // the message leaves
  bool expired = false;
  std::int64_t due_us = 0;             // else: the next round
  bool warn = false;                   // tell of the delay
};
// Counts the round and decides. Expiry takes two rounds that tried something after the message's time, and none while
// `expiry_suspended`.
[[nodiscard]] Conclusion conclude(Message& message, const Round& round, WallTime now, bool expiry_suspended, const QueueSettings& settings);

}  // namespace courier::queue
