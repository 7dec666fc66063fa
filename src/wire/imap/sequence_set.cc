#include "wire/imap/sequence_set.h"

#include <algorithm>

namespace courier::imap {

namespace {

// seq-number = nz-number / "*"
std::uint32_t parse_seq_number(Tokens& in) { return in.take('*') ? 0 : in.nz_number(); }

void write_seq_number(std::string& out, std::uint32_t number) { out += number == 0 ? "*" : std::to_string(number); }

}  // namespace

// RFC 3501, section 9: sequence-set = (seq-number / seq-range) *("," sequence-set)
SequenceSet parse_sequence_set(Tokens& in) {
  SequenceSet set;
  do {
    SequenceSet::Range range;
    range.first = range.last = parse_seq_number(in);
    if (in.take(':')) range.last = parse_seq_number(in);
    set.ranges.push_back(range);
  } while (in.take(','));
  return set;
}

void write_sequence_set(std::string& out, const SequenceSet& set) {
  for (const auto& range : set.ranges) {
    if (&range != &set.ranges.front()) out += ',';
    write_seq_number(out, range.first);
    if (range.first == range.last) continue;
    out += ':';
    write_seq_number(out, range.last);
  }
}

std::vector<SequenceSet::Range> resolve(const SequenceSet& set, std::uint32_t largest) {
  std::vector<SequenceSet::Range> sorted;
  sorted.reserve(set.ranges.size());
  for (auto [first, last] : set.ranges) {
    if (first == 0) first = largest;
    if (last == 0) last = largest;
    if (first > last) std::swap(first, last);
    if (last != 0) sorted.push_back({std::max(first, 1u), last});
  }
  std::ranges::sort(sorted, {}, &SequenceSet::Range::first);
  std::vector<SequenceSet::Range> merged;
  for (const auto& range : sorted) {
    if (!merged.empty() && range.first <= static_cast<std::uint64_t>(merged.back().last) + 1) {
      merged.back().last = std::max(merged.back().last, range.last);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

std::string write_numbers(const std::vector<std::uint32_t>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t j = i;
    while (j + 1 < numbers.size() && numbers[j + 1] == numbers[j] + 1) ++j;
    if (i != 0) out += ',';
    out += std::to_string(numbers[i]);
    if (j != i) out += ':' + std::to_string(numbers[j]);
    i = j + 1;
  }
  return out;
}

}  // namespace courier::imap
