// A SEARCH as it is carried out: texts folded once, and each message decided by as little as is enough: what the view knows, then
// size and dates, then its header, then its body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "daemons/mailbox/imap/selected.h"
#include "wire/imap/search.h"

namespace courier::mailbox {

// What is looked for in a message's content, and what was found: one entry for each Header, Body and Text key of the plan.
struct Needle {
  enum class Where : std::uint8_t { Header, Body, Text } where = Where::Text;
  std::string field;  // for Header
  std::string text;   // folded (wire/text/charset.h); empty matches whatever has the field
};

// What is known of one message. Null: not looked at yet.
struct SearchFacts {
  const Selected& selected;
  std::uint32_t number;
  std::optional<WallTime> internal_date;
  std::optional<std::uint64_t> wire_size;
  // None inside: the message has no Date field that can be read.
  std::optional<std::optional<imap::Date>> sent;
  const std::vector<bool>* found = nullptr;  // by needle
};

class SearchPlan {
 public:
  enum class Fault { BadCharset, BadSequence };
  // Texts are decoded from the charset of the command; numbers and "*" are taken as they are now.
  [[nodiscard]] static Result<SearchPlan, Fault> make(const imap::SearchArguments& search, const Selected& selected);

  // Nothing: it depends on what is not known.
  [[nodiscard]] std::optional<bool> decide(const SearchFacts& facts) const { return decide(root_, facts); }
  [[nodiscard]] const std::vector<Needle>& needles() const { return needles_; }
  // Some needle is looked for beyond the header.
  [[nodiscard]] bool needs_body() const { return needs_body_; }
  [[nodiscard]] bool needs_size() const { return needs_size_; }
  // Something must be read; else the internal date is enough.
  [[nodiscard]] bool needs_content() const { return !needles_.empty() || needs_sent_ || needs_size_; }

 private:
  struct Node {
    imap::SearchKey::Kind kind = imap::SearchKey::Kind::All;
    std::uint8_t flags = 0;
    std::uint32_t number = 0;  // octets, or which needle
    imap::Date date;
    std::string keyword;
    std::vector<imap::SequenceSet::Range> ranges;  // sequence numbers
    std::vector<Node> children;
  };
  [[nodiscard]] std::optional<Fault> build(const imap::SearchKey& key, const std::string& charset, const Selected& selected, Node& node);
  [[nodiscard]] std::optional<Fault> add_needle(const imap::SearchKey& key, const std::string& charset, Node& node);
  [[nodiscard]] std::optional<bool> decide(const Node& node, const SearchFacts& facts) const;
  [[nodiscard]] std::optional<bool> decide_group(const Node& node, const SearchFacts& facts) const;
  [[nodiscard]] std::optional<bool> decide_date(const Node& node, const SearchFacts& facts) const;

  Node root_;
  std::vector<Needle> needles_;
  bool needs_body_ = false, needs_sent_ = false, needs_size_ = false;
};

}  // namespace courier::mailbox
