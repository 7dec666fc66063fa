// One delivery attempt: a message and those of its targets that go the same way, over contracts/delivery.
#pragma once

#include <string>
#include <vector>

#include "daemons/queue/message.h"
#include "daemons/queue/parts.h"
#include "daemons/queue/resolver.h"

namespace courier::queue {

struct Group {
  Transport transport = Transport::Local;
  std::string host;                    // mailbox peer name, or the recipients' domain
  std::vector<std::uint32_t> numbers;  // of the targets
};

// The targets of `message` that are not finished, grouped by way. At most `most` to a group.
[[nodiscard]] std::vector<Group> group_targets(const Message& message, std::size_t most);

class Attempts {
 public:
  Attempts(Parts& parts, Resolver& resolver) : parts_(parts), resolver_(resolver) {}

  // Always gives a result for each target of the group. A transport that dies under way is asked again with the same names
  // a few times: mailbox recognises what it has; other transports may then deliver twice.
  [[nodiscard]] Task<delivery::DeliverReply> attempt(const Message& message, const Group& group);

 private:
  [[nodiscard]] Task<std::string> mailbox_for(const Message& message, const Group& group);
  [[nodiscard]] Task<bool> read_body(const Message& message, delivery::Deliver& request, std::vector<Descriptor>& descriptors);

  Parts& parts_;
  Resolver& resolver_;
};

}  // namespace courier::queue
