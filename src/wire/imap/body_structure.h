// BODY and BODYSTRUCTURE as FETCH tells them (RFC 3501, sections 7.4.2 and 9: body).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wire/imap/section.h"
#include "wire/message/structure.h"

namespace courier::imap {

enum class Extended : bool { No, Yes };  // BODY, BODYSTRUCTURE
void write_body(std::string& out, const message::Structure& structure, Extended extended);

// Where BODY[section] lies: bytes as stored and octets on the wire. HEADER.FIELDS gives the whole header.
struct SectionPlace {
  std::uint64_t begin = 0, end = 0;
  std::uint64_t size = 0;
  bool operator==(const SectionPlace&) const = default;
};
// Nothing when the message has no such part: the client is told NIL.
[[nodiscard]] std::optional<SectionPlace> find_section(const message::Structure& structure, const Section& section);

}  // namespace courier::imap
