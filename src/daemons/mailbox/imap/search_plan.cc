#include "daemons/mailbox/imap/search_plan.h"

#include <algorithm>

#include "base/text.h"
#include "wire/imap/flags.h"
#include "wire/text/charset.h"

namespace courier::mailbox {

namespace {

using Kind = imap::SearchKey::Kind;

bool contains(const std::vector<imap::SequenceSet::Range>& ranges, std::uint32_t number) {
  const auto after = std::ranges::upper_bound(ranges, number, {}, &imap::SequenceSet::Range::first);
  return after != ranges.begin() && number <= std::prev(after)->last;
}

bool has_keyword(const SearchFacts& facts, const store::Message& message, const std::string& keyword) {
  return std::ranges::any_of(facts.selected.view.keywords(message), [&](const auto& k) { return iequals(k, keyword); });
}

// The day in UTC: the server's own zone, since users of one server live in many.
imap::Date day_of(WallTime time) {
  const CivilTime civil = to_civil(time);
  return {static_cast<std::int32_t>(civil.year), civil.month, civil.day};
}

}  // namespace

Result<SearchPlan, SearchPlan::Fault> SearchPlan::make(const imap::SearchArguments& search, const Selected& selected) {
  SearchPlan plan;
  if (!search.charset.empty() && !charset_known(search.charset)) return fail(Fault::BadCharset);
  const std::string charset = search.charset.empty() ? "UTF-8" : search.charset;
  if (const auto fault = plan.build(search.key, charset, selected, plan.root_)) return fail(*fault);
  return plan;
}

std::optional<SearchPlan::Fault> SearchPlan::build(const imap::SearchKey& key, const std::string& charset, const Selected& selected,
                                                   Node& node) {
  node.kind = key.kind;
  node.flags = key.flags;
  node.number = key.number;
  node.date = key.date;
  switch (key.kind) {
    case Kind::Set:
      if (!selected.numbers(key.set, false, node.ranges)) return Fault::BadSequence;
      break;
    case Kind::Uid: static_cast<void>(selected.numbers(key.set, true, node.ranges)); break;
    case Kind::Keyword:
    case Kind::NoKeyword: node.keyword = key.text; break;
    case Kind::Larger:
    case Kind::Smaller: needs_size_ = true; break;
    case Kind::SentBefore:
    case Kind::SentOn:
    case Kind::SentSince: needs_sent_ = true; break;
    case Kind::Header:
    case Kind::Body:
    case Kind::Text: return add_needle(key, charset, node);
    default: break;
  }
  for (const auto& child : key.children) {
    if (const auto fault = build(child, charset, selected, node.children.emplace_back())) return fault;
  }
  return std::nullopt;
}

std::optional<SearchPlan::Fault> SearchPlan::add_needle(const imap::SearchKey& key, const std::string& charset, Node& node) {
  const auto text = to_utf8(charset, key.text);
  if (!text) return Fault::BadCharset;
  node.number = static_cast<std::uint32_t>(needles_.size());
  const auto where = key.kind == Kind::Header ? Needle::Where::Header : key.kind == Kind::Body ? Needle::Where::Body : Needle::Where::Text;
  needles_.push_back({.where = where, .field = key.field, .text = fold_for_search(*text)});
  needs_body_ = needs_body_ || where != Needle::Where::Header;
  return std::nullopt;
}

std::optional<bool> SearchPlan::decide(const Node& node, const SearchFacts& facts) const {
  const store::Message& message = facts.selected.view.at(facts.number);
  switch (node.kind) {
    case Kind::All: return true;
    case Kind::Set:
    case Kind::Uid: return contains(node.ranges, facts.number);
    case Kind::Flag: return (wire_flags(message.flags) & node.flags) != 0;
    case Kind::NoFlag: return (wire_flags(message.flags) & node.flags) == 0;
    case Kind::Keyword: return has_keyword(facts, message, node.keyword);
    case Kind::NoKeyword: return !has_keyword(facts, message, node.keyword);
    case Kind::Recent: return facts.selected.is_recent(message);
    case Kind::Old: return !facts.selected.is_recent(message);
    case Kind::New: return facts.selected.is_recent(message) && !message.flags.has(store::Flag::Seen);
    case Kind::Larger: return facts.wire_size ? std::optional(*facts.wire_size > node.number) : std::nullopt;
    case Kind::Smaller: return facts.wire_size ? std::optional(*facts.wire_size < node.number) : std::nullopt;
    case Kind::Header:
    case Kind::Body:
    case Kind::Text: return facts.found ? std::optional<bool>((*facts.found)[node.number]) : std::nullopt;
    case Kind::And:
    case Kind::Or:
    case Kind::Not: return decide_group(node, facts);
    default: return decide_date(node, facts);
  }
}

// Three-valued: one false decides And, one true decides Or, whatever is not known.
std::optional<bool> SearchPlan::decide_group(const Node& node, const SearchFacts& facts) const {
  if (node.kind == Kind::Not) {
    const auto inside = decide(node.children[0], facts);
    return inside ? std::optional(!*inside) : std::nullopt;
  }
  const bool decisive = node.kind == Kind::Or;
  bool open = false;
  for (const auto& child : node.children) {
    const auto value = decide(child, facts);
    if (value == decisive) return decisive;
    open = open || !value;
  }
  return open ? std::nullopt : std::optional(!decisive);
}

// Calendar days; the time of day does not count (RFC 3501, section 6.4.4).
std::optional<bool> SearchPlan::decide_date(const Node& node, const SearchFacts& facts) const {
  std::optional<imap::Date> day;
  if (node.kind == Kind::Before || node.kind == Kind::On || node.kind == Kind::Since) {
    if (!facts.internal_date) return std::nullopt;
    day = day_of(*facts.internal_date);
  } else {
    if (!facts.sent) return std::nullopt;
    if (!*facts.sent) return false;
    day = **facts.sent;
  }
  switch (node.kind) {
    case Kind::Before:
    case Kind::SentBefore: return *day < node.date;
    case Kind::On:
    case Kind::SentOn: return *day == node.date;
    default: return *day >= node.date;
  }
}

}  // namespace courier::mailbox
