// Expander: finds the targets of recipients that were committed unresolved, large lists above all.
//
// A list that fits into one answer becomes targets of the message itself. A larger one is served in parts: each answer of the
// directory becomes a message of its own ("<id>-1" and on) that shares the body, committed together with the cursor for the next,
// so that a crash neither loses nor repeats a member.
#pragma once

#include <string>

#include "daemons/queue/message.h"
#include "daemons/queue/parts.h"
#include "daemons/queue/resolver.h"

namespace courier::queue {

class Rounds;

class Expander {
 public:
  Expander(Parts& parts, Resolver& resolver, Rounds& rounds) : parts_(parts), resolver_(resolver), rounds_(rounds) {}

  // True when every recipient is resolved; false when the directory does not answer now.
  [[nodiscard]] Task<bool> expand(MessagePtr message);

 private:
  [[nodiscard]] Task<> add_targets(MessagePtr message, directory::ExpandReply answer);
  [[nodiscard]] Task<> split_off(MessagePtr message, directory::ExpandReply answer);

  Parts& parts_;
  Resolver& resolver_;
  Rounds& rounds_;
};

}  // namespace courier::queue
