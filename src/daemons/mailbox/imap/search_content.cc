#include "daemons/mailbox/imap/search_content.h"

#include <algorithm>

#include "base/text.h"
#include "daemons/mailbox/imap/message_bytes.h"
#include "wire/message/field.h"
#include "wire/message/mail_date.h"
#include "wire/message/structure.h"
#include "wire/message/wire_offsets.h"
#include "wire/text/charset.h"
#include "wire/text/encoded_word.h"
#include "wire/text/transfer.h"

namespace courier::mailbox {

namespace {

constexpr std::uint64_t most_header = 1 << 20;

// Needles in a text that comes in pieces. Between pieces it keeps as much as a needle may begin in.
class Finder {
 public:
  Finder(const std::vector<Needle>& needles, std::vector<bool>& found, bool body) : needles_(needles), found_(found) {
    for (std::size_t i = 0; i < needles.size(); ++i) {
      const bool here = body ? needles[i].where != Needle::Where::Header : needles[i].where == Needle::Where::Text;
      if (!here) continue;
      wanted_.push_back(i);
      longest_ = std::max(longest_, needles[i].text.size());
    }
  }
  // True when nothing is left to look for.
  bool done() {
    std::erase_if(wanted_, [&](std::size_t i) { return found_[i]; });
    return wanted_.empty();
  }
  void write(std::string_view folded) {
    text_ += folded;
    for (const std::size_t i : wanted_) {
      if (text_.find(needles_[i].text) != std::string::npos) found_[i] = true;
    }
    if (text_.size() > longest_) text_.erase(0, text_.size() - longest_);
  }
  // What follows is another text.
  void restart() { text_.clear(); }

 private:
  const std::vector<Needle>& needles_;
  std::vector<bool>& found_;
  std::vector<std::size_t> wanted_;
  std::size_t longest_ = 0;
  std::string text_;
};

// Up to the blank line, or as much as is looked at.
std::string take_header(MessageBytes& bytes) {
  std::string header;
  bytes.each(0, most_header, [&](std::string_view piece) {
    const std::size_t before = header.size() - std::min<std::size_t>(header.size(), 2);
    header += piece;
    const auto end = std::min(header.find("\n\n", before), header.find("\n\r\n", before));
    if (end != std::string::npos) header.resize(end + 1);
    return end == std::string::npos;
  });
  return header;
}

std::uint64_t count_octets(MessageBytes& bytes, std::uint64_t size) {
  std::uint64_t octets = size;
  char last = '\0';
  bytes.each(0, size, [&](std::string_view piece) {
    octets += message::count_lone_lf(piece, last);
    last = piece.back();
    return true;
  });
  return octets;
}

void search_header(const std::vector<Needle>& needles, std::string_view header, ContentFacts& facts) {
  Finder finder(needles, facts.found, false);
  bool dated = false;
  while (const auto field = message::take_field(header)) {
    if (field->name.empty()) continue;
    const std::string value = message::unfold(field->value);
    if (!dated && iequals(field->name, "Date")) {
      dated = true;
      if (const auto date = message::parse_mail_date(value)) {
        facts.sent = imap::Date{static_cast<std::int32_t>(date->civil.year), date->civil.month, date->civil.day};
      }
    }
    const std::string folded = fold_for_search(decode_encoded_words(value));
    for (std::size_t i = 0; i < needles.size(); ++i) {
      if (needles[i].where != Needle::Where::Header || !iequals(needles[i].field, field->name)) continue;
      if (folded.find(needles[i].text) != std::string::npos) facts.found[i] = true;
    }
    finder.restart();
    finder.write(fold_for_search(field->name) + ": " + folded);
  }
}

// RFC 3501, section 6.4.4: BODY. Text parts of all levels, decoded.
void search_part(MessageBytes& bytes, const message::Part& part, Finder& finder) {
  const auto decoder = make_transfer_decoder(part.encoding);
  CharsetDecoder charset(message::find_parameter(part.parameters, "charset"));
  SearchFolder folder;
  finder.restart();
  const auto take = [&](std::string_view decoded, bool last) {
    std::string utf8, folded;
    charset.write(decoded, last, utf8);
    folder.write(utf8, folded);
    finder.write(folded);
    return !finder.done();
  };
  bytes.each(part.body_begin, part.body_end, [&](std::string_view piece) {
    if (!decoder) return take(piece, false);
    std::string decoded;
    decoder->write(piece, decoded);
    return take(decoded, false);
  });
  std::string rest;
  if (decoder) decoder->finish(rest);
  take(rest, true);
}

void search_body(MessageBytes& bytes, std::uint64_t size, const std::vector<Needle>& needles, ContentFacts& facts) {
  Finder finder(needles, facts.found, true);
  if (finder.done()) return;
  message::StructureParser parser;
  bytes.each(0, size, [&](std::string_view piece) {
    parser.write(piece);
    return true;
  });
  const message::Structure structure = parser.finish();
  for (const auto& part : structure.parts) {
    if (part.kind == message::Part::Kind::Leaf && iequals(part.type, "text")) search_part(bytes, part, finder);
    if (finder.done()) return;
  }
}

ContentFacts search(const SearchPlan& plan, const store::LoadedMessage& loaded) {
  MessageBytes bytes(loaded);
  ContentFacts facts{.wire_size = 0, .sent = {}, .found = std::vector<bool>(plan.needles().size())};
  if (plan.needs_size()) facts.wire_size = count_octets(bytes, loaded.size);
  search_header(plan.needles(), take_header(bytes), facts);
  if (plan.needs_body()) search_body(bytes, loaded.size, plan.needles(), facts);
  return facts;
}

}  // namespace

std::optional<ContentFacts> search_content(const SearchPlan& plan, const store::LoadedMessage& message) {
  try {
    return search(plan, message);
  } catch (const ReadFailed&) {
    return std::nullopt;
  }
}

}  // namespace courier::mailbox
