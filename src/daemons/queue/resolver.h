// Resolver: from the recipients of a submit to the targets of a message, through auth's directory.
//
// Each address is delivered to once: recipients that are the same address with the same ORCPT are one; a member of a
// list is left out when the message goes to that address already. A list's members get NOTIFY=NEVER, since the list itself
// is what the sender wrote to; with one target the sender's wishes pass through (RFC 3461, section 5.2.7).
#pragma once

#include <set>
#include <string>

#include "contracts/directory.h"
#include "daemons/queue/message.h"
#include "daemons/queue/parts.h"
#include "runtime/remembered.h"

namespace courier::queue {

// Targets that one answer of the directory gives. `sent` knows what the message goes to already, and learns.
class TargetMaker {
 public:
  TargetMaker(const submit::Envelope& envelope, std::uint32_t recipient) : envelope_(envelope), recipient_(recipient) {}
  // Appends to `targets`, numbered from `next`. `part`: the answer is one of several of a large list.
  void add(const directory::ExpandReply& answer, bool part, std::set<std::string>& sent, std::vector<Target>& targets);

 private:
  [[nodiscard]] Target make(const directory::Target& found, bool list, bool renamed) const;
  const submit::Envelope& envelope_;
  std::uint32_t recipient_;
};

// Members of a list up to this many are resolved before the commit; beyond, the list is committed as one.
inline constexpr std::uint32_t list_chunk = 250;

class Resolver {
 public:
  explicit Resolver(Parts& parts);

  // Fills targets, and expansions for large lists and for whatever auth cannot answer now.
  [[nodiscard]] Task<> resolve(Record& record);
  // What auth says of an address. Plain answers are remembered for some seconds.
  [[nodiscard]] Task<directory::ExpandReply> expand(std::string address, std::string cursor);
  // The same, not from memory: then auth has the process of the mailbox started.
  [[nodiscard]] Task<directory::ExpandReply> ask(std::string address, std::string cursor);

 private:
  Parts& parts_;
  Remembered<directory::ExpandReply> known_;
};

}  // namespace courier::queue
