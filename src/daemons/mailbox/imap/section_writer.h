// SectionWriter: octets of a place in a message, as they are on the wire, in pieces. For jobs on the pool.
#pragma once

#include <cstdint>
#include <string>

#include "daemons/mailbox/imap/message_bytes.h"
#include "wire/imap/section.h"
#include "wire/imap/body_structure.h"
#include "wire/message/structure.h"

namespace courier::mailbox {

class SectionWriter {
 public:
  // Octets `start` to `start + count` of `place`, which has them. `structure` (may be null) helps to find a late start without reading
  // from the place's beginning. Throws ReadFailed.
  SectionWriter(MessageBytes& bytes, const message::Structure* structure, const imap::SectionPlace& place, std::uint64_t start,
                std::uint64_t count);

  // Appends until `out` has `most` bytes, a chunk more perhaps. True: nothing is left. Throws ReadFailed, also when the message became
  // shorter.
  [[nodiscard]] bool write(MessageBytes& bytes, std::string& out, std::size_t most);

 private:
  void find_known_point(MessageBytes& bytes, const message::Structure& structure, std::uint64_t start);

  std::uint64_t at_, end_;  // stored bytes not yet read
  std::uint64_t skip_;      // octets still to be passed over
  std::uint64_t left_;      // octets to be written
  char last_ = '\0';        // the byte before at_
};

}  // namespace courier::mailbox
