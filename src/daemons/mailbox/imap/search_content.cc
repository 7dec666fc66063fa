#include "daemons/mailbox/imap/search_content.h"

#include <algorithm>

#include "base/text.h"
#include "wire/message/field.h"
#include "wire/message/mail_date.h"
#include "wire/message/structure.h"
#include "wire/text/charset.h"
#include "wire/text/encoded_word.h"
#include "wire/text/transfer.h"

namespace courier::mailbox {

namespace {

constexpr std::size_t chunk_size = 64 * 1024;
constexpr std::uint64_t most_header = 1 << 20;

struct ReadFailed {};  // leaves search_content()

// The message's bytes, wherever they lie.
class Bytes {
 public:
  explicit Bytes(const store::LoadedMessage& message) : message_(message) {}

  // At most a chunk; empty at the end.
  std::string_view read(std::uint64_t offset, std::uint64_t end) {
    end = std::min(end, message_.size);
    if (offset >= end) return {};
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_size, end - offset));
    if (message_.has_bytes) return std::string_view(message_.bytes).substr(static_cast<std::size_t>(offset), count);
    buffer_.resize(count);
    const auto got = message_.file->read_at(offset, buffer_);
    if (!got) throw ReadFailed{};
    return std::string_view(buffer_).substr(0, *got);
  }
  template <class Each>
  void each(std::uint64_t begin, std::uint64_t end, Each take) {
    while (begin < end) {
      const std::string_view piece = read(begin, end);
      if (piece.empty()) return;
      begin += piece.size();
      if (!take(piece)) return;
    }
  }

 private:
  const store::LoadedMessage& message_;
  std::string buffer_;
};

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

std::string take_header(Bytes& bytes, const message::Part& part) {
  std::string header;
  bytes.each(part.header_begin, std::min(part.body_begin, part.header_begin + most_header), [&](std::string_view piece) {
    header += piece;
    return true;
  });
  return header;
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
void search_part(Bytes& bytes, const message::Part& part, Finder& finder) {
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

ContentFacts search(const SearchPlan& plan, const store::LoadedMessage& loaded) {
  Bytes bytes(loaded);
  message::StructureParser parser;
  bytes.each(0, loaded.size, [&](std::string_view piece) {
    parser.write(piece);
    return true;
  });
  const message::Structure structure = parser.finish();
  ContentFacts facts{.wire_size = structure.wire_size, .sent = {}, .found = std::vector<bool>(plan.needles().size())};
  search_header(plan.needles(), take_header(bytes, structure.parts[0]), facts);
  if (!plan.needs_body()) return facts;
  Finder finder(plan.needles(), facts.found, true);
  for (const auto& part : structure.parts) {
    if (finder.done()) break;
    if (part.kind == message::Part::Kind::Leaf && iequals(part.type, "text")) search_part(bytes, part, finder);
  }
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
