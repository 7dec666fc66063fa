#include "daemons/mailbox/imap/selected.h"

#include <algorithm>

#include "wire/imap/flags.h"

namespace courier::mailbox {

namespace {

struct Pair {
  store::Flag stored;
  std::uint8_t wire;
};
constexpr Pair pairs[] = {{store::Flag::Draft, imap::flag::draft},
                          {store::Flag::Flagged, imap::flag::flagged},
                          {store::Flag::Answered, imap::flag::answered},
                          {store::Flag::Seen, imap::flag::seen},
                          {store::Flag::Deleted, imap::flag::deleted}};

}  // namespace

std::uint8_t wire_flags(store::Flags flags) {
  std::uint8_t wire = 0;
  for (const auto& pair : pairs) {
    if (flags.has(pair.stored)) wire |= pair.wire;
  }
  return wire;
}

store::Flags store_flags(std::uint8_t wire) {
  store::Flags flags;
  for (const auto& pair : pairs) {
    if ((wire & pair.wire) != 0) flags.add(pair.stored);
  }
  return flags;
}

bool Selected::is_recent(const store::Message& message) const {
  return read_only() ? message.fresh : std::ranges::binary_search(recent_, message.uid);
}

std::uint32_t Selected::recent_count() const {
  return read_only() ? view.snapshot().status().recent : static_cast<std::uint32_t>(recent_.size());
}

void Selected::add_recent(const std::vector<store::Uid>& uids) {
  recent_.insert(recent_.end(), uids.begin(), uids.end());
  std::ranges::sort(recent_);
}

void Selected::forget_recent(const std::vector<store::Uid>& uids) {
  if (recent_.empty() || uids.empty()) return;
  std::erase_if(recent_, [&](store::Uid uid) { return std::ranges::binary_search(uids, uid); });
}

bool Selected::numbers(const imap::SequenceSet& set, bool uid, std::vector<imap::SequenceSet::Range>& ranges) const {
  const std::uint32_t size = view.size();
  if (!uid) {
    const bool star = std::ranges::any_of(set.ranges, [](const auto& r) { return r.first == 0 || r.last == 0; });
    if (size == 0 && star) return true;
    ranges = imap::resolve(set, size);
    return ranges.empty() || ranges.back().last <= size;
  }
  for (const auto& range : imap::resolve(set, size == 0 ? 0 : view.at(size).uid.value)) {
    const std::uint32_t first = view.lower_bound(store::Uid(range.first));
    const std::uint32_t last = range.last == UINT32_MAX ? size : view.lower_bound(store::Uid(range.last + 1)) - 1;
    if (first <= last) ranges.push_back({first, last});
  }
  return true;
}

std::vector<store::Uid> Selected::uids(const std::vector<imap::SequenceSet::Range>& ranges) const {
  std::vector<store::Uid> uids;
  for (const auto& range : ranges) {
    for (std::uint32_t number = range.first; number <= range.last; ++number) uids.push_back(view.at(number).uid);
  }
  return uids;
}

void Selected::write_flags(std::string& out, const store::Message& message) const {
  out += "FLAGS (";
  const std::size_t begin = out.size();
  imap::write_system_flags(out, wire_flags(message.flags));
  const auto put = [&](std::string_view word) {
    if (out.size() != begin) out += ' ';
    out += word;
  };
  for (const auto& keyword : view.keywords(message)) put(keyword);
  if (is_recent(message)) put("\\Recent");
  out += ')';
}

void Selected::write_flag_lines(std::string& out, bool keywords) const {
  std::string words;
  imap::write_system_flags(words, imap::flag::all);
  for (const auto& keyword : view.snapshot().known_keywords()) words += ' ' + keyword;
  out += "* FLAGS (" + words + ")\r\n";
  if (read_only()) {
    out += "* OK [PERMANENTFLAGS ()] No flag can be changed.\r\n";
  } else {
    out += "* OK [PERMANENTFLAGS (" + words + (keywords ? " \\*" : "") + ")] Flags that stay.\r\n";
  }
}

}  // namespace courier::mailbox
