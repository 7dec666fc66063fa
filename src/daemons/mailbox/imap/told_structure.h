// ToldStructure: a message's structure as the cache keeps it: what ENVELOPE and BODYSTRUCTURE tell of it, ready to be sent, and the
// structure itself for what is asked more rarely.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/message/structure.h"

namespace courier::mailbox {

struct ToldStructure {
  std::string_view envelope;        // as FETCH tells it
  std::string_view body_structure;
  std::string_view encoded;         // message::decode_structure()
};

[[nodiscard]] std::string write_told_structure(const message::Structure& structure);
// Points into `bytes`. What this version did not write gives nothing.
[[nodiscard]] std::optional<ToldStructure> read_told_structure(std::string_view bytes);

}  // namespace courier::mailbox
