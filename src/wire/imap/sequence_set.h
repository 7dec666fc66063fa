// Message sets (RFC 3501, section 9: sequence-set), for sequence numbers and UIDs alike.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wire/imap/token.h"

namespace courier::imap {

struct SequenceSet {
  // Both ends count; 0 stands for "*". Either may be the larger: 5:2 is 2:5.
  struct Range {
    std::uint32_t first = 0, last = 0;
    bool operator==(const Range&) const = default;
  };
  std::vector<Range> ranges;
  bool operator==(const SequenceSet&) const = default;
};

[[nodiscard]] SequenceSet parse_sequence_set(Tokens& in);
void write_sequence_set(std::string& out, const SequenceSet& set);

// `set` with "*" replaced by `largest`, as ascending ranges that neither overlap nor touch.
[[nodiscard]] std::vector<SequenceSet::Range> resolve(const SequenceSet& set, std::uint32_t largest);
// Ascending numbers written as ranges: "1:3,7" (RFC 4315: uid-set).
[[nodiscard]] std::string write_numbers(const std::vector<std::uint32_t>& numbers);

}  // namespace courier::imap
