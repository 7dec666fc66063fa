// FETCH's answer for one message.
#include <algorithm>

#include "base/text.h"
#include "daemons/mailbox/imap/fetch_plan.h"
#include "daemons/mailbox/imap/message_source.h"
#include "daemons/mailbox/imap/session.h"
#include "wire/imap/body_structure.h"
#include "wire/imap/date.h"
#include "wire/imap/envelope.h"
#include "wire/message/field.h"
#include "wire/message/wire_offsets.h"

namespace courier::mailbox {

namespace {

using Kind = imap::FetchItem::Kind;
using Text = imap::Section::Text;

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

void write_literal(std::string& out, std::string_view text, const std::optional<imap::Partial>& partial) {
  if (partial) text = text.substr(std::min<std::size_t>(partial->start, text.size()), partial->count);
  out += '{' + std::to_string(text.size()) + "}\r\n";
  out += text;
}

}  // namespace

// What the plan needs and the cache did not know.
Task<> ImapSession::complete_facts(const FetchPlan& plan, FetchMessage& message) {
  const store::LoadedMessage& loaded = *message.loaded;
  const bool from_file = !loaded.has_bytes && loaded.file;
  const bool wanted = plan.structure || (from_file && (plan.size || plan.bytes));
  if (wanted && !message.structure) {
    message.structure = co_await MessageSource{start_.account->pool(), loaded}.structure();
  }
  if (message.structure) {
    message.wire_size = message.structure->wire_size;
  } else if (loaded.has_bytes && plan.size) {
    message.wire_size = loaded.size + message::count_lone_lf(loaded.bytes);
  }
}

// message-data = nz-number SP "FETCH" SP msg-att
Task<> ImapSession::write_message(const FetchPlan& plan, const FetchMessage& message) {
  std::string& out = output_.text();
  out += "* " + std::to_string(message.number) + " FETCH (";
  bool first = true, flags_told = false;
  for (const auto& item : plan.items) {
    if (!first) out += ' ';
    first = false;
    if (is_section(item.kind)) {
      co_await write_section(item, message);
      continue;
    }
    if (item.kind == Kind::Flags) {
      selected_->write_flags(out, selected_->view.at(message.number));
      flags_told = true;
      continue;
    }
    imap::write_fetch_item(out, item);
    out += ' ';
    switch (item.kind) {
      case Kind::Uid: out += std::to_string(message.uid.value); break;
      case Kind::InternalDate: imap::write_date_time(out, {.time = message.internal_date}); break;
      case Kind::Size: out += std::to_string(message.wire_size); break;
      case Kind::Envelope: imap::write_envelope(out, *message.structure->parts[0].envelope); break;
      case Kind::Body: imap::write_body(out, *message.structure, imap::Extended::No); break;
      default: imap::write_body(out, *message.structure, imap::Extended::Yes); break;
    }
  }
  if (message.flags_changed && !flags_told) {
    out += ' ';
    selected_->write_flags(out, selected_->view.at(message.number));
  }
  out += ")\r\n";
  if (output_.due()) co_await output_.flush();
}

Task<> ImapSession::write_section(const imap::FetchItem& item, const FetchMessage& message) {
  const imap::Section section = section_of(item);
  std::string& out = output_.text();
  imap::write_fetch_item(out, item);
  out += ' ';
  std::optional<imap::SectionPlace> place;
  if (message.structure) {
    place = imap::find_section(*message.structure, section);
  } else {
    place = place_in_memory(message.loaded->bytes, section.text);
  }
  if (!place) {
    out += "NIL";
    co_return;
  }
  const MessageSource source{start_.account->pool(), *message.loaded};
  if (section.text == Text::HeaderFields || section.text == Text::HeaderFieldsNot) {
    const std::string header = co_await source.read_header(place->begin, place->end);
    write_literal(out, filter_header(header, section), item.partial);
    co_return;
  }
  Slice slice{.place = *place, .start = 0, .count = place->size};
  if (item.partial) {
    slice.start = std::min<std::uint64_t>(item.partial->start, place->size);
    slice.count = std::min<std::uint64_t>(item.partial->count, place->size - slice.start);
  }
  out += '{' + std::to_string(slice.count) + "}\r\n";
  co_await write_slice(source, message.structure ? &*message.structure : nullptr, slice, output_);
}

}  // namespace courier::mailbox
