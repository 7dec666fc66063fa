// FETCH's answer for one message.
#include <algorithm>
#include <charconv>
#include <limits>

#include "base/text.h"
#include "daemons/mailbox/imap/fetch_writer.h"
#include "wire/imap/body_structure.h"
#include "wire/imap/date.h"
#include "wire/message/field.h"
#include "wire/message/wire_offsets.h"

namespace courier::mailbox {

namespace {

using Kind = imap::FetchItem::Kind;
using Text = imap::Section::Text;

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr);
}

// literal = "{" number "}" CRLF *CHAR8, without the characters
void begin_literal(std::string& out, std::uint64_t size) {
  out += '{';
  append_number(out, size);
  out += "}\r\n";
}

// The fields that a section names, or all others, and the blank line.
std::string filter_header(std::string_view header, const imap::Section& section) {
  std::string out;
  while (const auto field = message::take_field(header)) {
    const bool named = std::ranges::any_of(section.fields, [&](const auto& name) { return iequals(name, field->name); });
    if (named != (section.text == Text::HeaderFields)) continue;
    out += field->whole;
    if (!out.ends_with('\n')) out += '\n';
  }
  out += '\n';
  std::string wire;
  message::CrlfWriter().write(out, wire);
  return wire;
}

// Bytes of the header, its blank line included.
std::uint64_t header_length(std::string_view bytes) {
  std::string_view rest = bytes;
  while (message::take_field(rest)) {}
  if (rest.starts_with("\r\n")) return bytes.size() - rest.size() + 2;
  return bytes.size() - rest.size() + (rest.starts_with("\n") ? 1 : 0);
}

// Where an unnumbered section lies, found in the bytes themselves.
imap::SectionPlace place_in_memory(std::string_view bytes, Text text) {
  const std::uint64_t size = bytes.size();
  const std::uint64_t header = text == Text::None ? 0 : header_length(bytes);
  const std::uint64_t begin = text == Text::Text ? header : 0;
  const std::uint64_t end = text == Text::None || text == Text::Text ? size : header;
  const std::string_view part = bytes.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  return {begin, end, part.size() + message::count_lone_lf(part)};
}

}  // namespace

// message-data = nz-number SP "FETCH" SP msg-att. False: the piece is full in the middle of a large message.
bool FetchWriter::write_message() {
  const std::size_t most = loaded_.file ? piece : std::numeric_limits<std::size_t>::max();
  const FetchMessage& message = messages_[at_];
  if (!begun_) {
    text += "* ";
    append_number(text, message.number);
    text += " FETCH (";
    begun_ = true;
    item_ = 0;
  }
  for (; item_ < plan_->items.size(); ++item_) {
    if (!section_) {
      if (item_ > 0) text += ' ';
      write_item(plan_->items[item_]);
    }
    if (section_ && !section_->write(bytes_, text, most)) return false;
    section_.reset();
  }
  if (!message.flags.empty() && !plan_->flags) {  // changed by this FETCH
    text += ' ';
    text += message.flags;
  }
  text += ")\r\n";
  begun_ = false;
  ++told_;
  return true;
}

void FetchWriter::write_item(const FetchPlan::Item& item) {
  if (item.kind == Kind::Flags) {
    text += messages_[at_].flags;
    return;
  }
  text += item.name;
  if (item.section) return begin_section(item);
  switch (item.kind) {
    case Kind::Uid: append_number(text, messages_[at_].uid.value); break;
    case Kind::InternalDate: imap::write_date_time(text, {.time = facts_.internal_date}); break;
    case Kind::Size: append_number(text, facts_.wire_size); break;
    case Kind::Envelope: text += facts_.told->envelope; break;
    case Kind::Body: imap::write_body(text, *facts_.structure, imap::Extended::No); break;
    default: text += facts_.told->body_structure; break;
  }
}

void FetchWriter::begin_section(const FetchPlan::Item& item) {
  const message::Structure* structure = facts_.structure ? &*facts_.structure : nullptr;
  const auto place = structure ? imap::find_section(*structure, item.where) : place_in_memory(loaded_.bytes, item.where.text);
  if (!place) {
    text += "NIL";
    return;
  }
  if (item.where.text == Text::HeaderFields || item.where.text == Text::HeaderFieldsNot) return write_fields(item, *place);
  std::uint64_t start = 0, count = place->size;
  if (item.partial) {
    start = std::min<std::uint64_t>(item.partial->start, place->size);
    count = std::min<std::uint64_t>(item.partial->count, place->size - start);
  }
  begin_literal(text, count);
  section_.emplace(bytes_, structure, *place, start, count);
}

// Of a header that is longer than a megabyte only so much is looked at.
void FetchWriter::write_fields(const FetchPlan::Item& item, const imap::SectionPlace& place) {
  constexpr std::uint64_t most = 1 << 20;
  std::string header;
  bytes_.each(place.begin, std::min(place.end, place.begin + most), [&](std::string_view chunk) {
    header += chunk;
    return true;
  });
  const std::string fields = filter_header(header, item.where);
  std::string_view told = fields;
  if (item.partial) told = told.substr(std::min<std::size_t>(item.partial->start, told.size()), item.partial->count);
  begin_literal(text, told.size());
  text += told;
}

}  // namespace courier::mailbox
