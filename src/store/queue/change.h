// What one change to the spool holds, and what became of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/shared_bytes.h"

namespace courier::spool {

// A message's number in the spool: given at its commit, never used again.
using Number = std::int64_t;

// A message that enters. Its body is one of: `body`, `body_file`, or another message's (`shares_body_of`).
struct Addition {
  std::string id;                            // queue id; a repeat is refused
  std::string record;                        // opaque
  std::shared_ptr<const SharedBytes> body;
  std::string body_file;                     // made by Bodies::keep
  std::uint64_t body_size = 0;
  Number shares_body_of = 0;
  std::optional<std::int64_t> due_us;        // wall time of the next attempt; none: the caller has it in hand (after a restart: at once)
  std::string state;                         // opaque; kept only with due_us
  std::string unique_key;                    // a repeat is refused, also after the message has left
};

// New facts about a message that stays.
struct Update {
  Number number = 0;
  std::optional<std::string> record;
  std::optional<std::int64_t> due_us;
  std::string state;                         // with due_us
};

// A message that leaves. Its id, history and unique key are kept until they age out.
struct Removal {
  Number number = 0;
  std::string id;
  std::string unique_key;
  std::int64_t ended_us = 0;
  std::string history;                       // opaque
};

// What happens together or not at all.
struct Change {
  std::vector<Removal> removals;
  std::vector<Update> updates;
  std::vector<Addition> additions;
  Number claims_of = 0;                      // addresses that a list's expansion has served: `claims` of this message
  std::vector<std::string> claims;

  // Tells what became of messages that are here already. Outcomes come first in a transaction and may use the reserve.
  [[nodiscard]] bool is_outcome() const { return !removals.empty() || !updates.empty() || !claims.empty(); }
  [[nodiscard]] std::size_t weight() const;  // bytes, about
};

enum class Verdict {
  Done,
  RepeatedId,
  RepeatedKey,
  Full,      // no space: nothing of the change happened
  Failed,    // the disk failed: nothing of the change counts
  Damaged,   // the spool is damaged: the process must start again (opening sets it aside)
};
[[nodiscard]] const char* to_string(Verdict verdict);

struct Receipt {
  Verdict verdict = Verdict::Failed;
  Number first = 0;                          // of the additions, which are numbered from here
  std::string text;                          // for the log
};

// A message as the spool has it.
struct Stored {
  Number number = 0;
  std::string record;
  std::int64_t due_us = 0;
  std::string state;                         // empty: no attempt has ended yet
};

}  // namespace courier::spool
