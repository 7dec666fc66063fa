#include "wire/imap/fetch.h"

#include "base/text.h"

namespace courier::imap {

namespace {

using Kind = FetchItem::Kind;

struct Plain {
  std::string_view name;
  Kind kind;
};
constexpr Plain plain_items[] = {{"FLAGS", Kind::Flags},
                                 {"UID", Kind::Uid},
                                 {"INTERNALDATE", Kind::InternalDate},
                                 {"RFC822.SIZE", Kind::Size},
                                 {"ENVELOPE", Kind::Envelope},
                                 {"BODY", Kind::Body},
                                 {"BODYSTRUCTURE", Kind::BodyStructure},
                                 {"RFC822", Kind::Rfc822},
                                 {"RFC822.HEADER", Kind::Rfc822Header},
                                 {"RFC822.TEXT", Kind::Rfc822Text}};

bool is_name_char(char c) { return is_atom_char(c) && c != '[' && c != '<'; }

// RFC 3501, section 9: fetch-att
FetchItem item_named(Tokens& in, std::string_view name) {
  FetchItem item;
  if (in.peek() == '[' && (iequals(name, "BODY") || iequals(name, "BODY.PEEK"))) {
    item.kind = name.size() == 4 ? Kind::Section : Kind::PeekSection;
    item.section = parse_section(in);
    item.partial = parse_partial(in);
    return item;
  }
  for (const auto& plain : plain_items) {
    if (!iequals(plain.name, name)) continue;
    item.kind = plain.kind;
    return item;
  }
  in.fail("item to fetch");
  return item;
}

std::vector<FetchItem> plain(std::initializer_list<Kind> kinds) {
  std::vector<FetchItem> items;
  for (const Kind kind : kinds) items.push_back({.kind = kind, .section = {}, .partial = {}});
  return items;
}

}  // namespace

// fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")
FetchArguments parse_fetch(Tokens& in) {
  FetchArguments fetch;
  in.sp();
  fetch.set = parse_sequence_set(in);
  in.sp();
  const bool list = in.take('(');
  do {
    const auto name = in.word(is_name_char, "item to fetch");
    if (!list && iequals(name, "FAST")) {
      fetch.items = plain({Kind::Flags, Kind::InternalDate, Kind::Size});
    } else if (!list && iequals(name, "ALL")) {
      fetch.items = plain({Kind::Flags, Kind::InternalDate, Kind::Size, Kind::Envelope});
    } else if (!list && iequals(name, "FULL")) {
      fetch.items = plain({Kind::Flags, Kind::InternalDate, Kind::Size, Kind::Envelope, Kind::Body});
    } else {
      if (fetch.items.size() == in.limits().fetch_items) in.fail("fewer items");
      fetch.items.push_back(item_named(in, name));
    }
  } while (list && in.take(' '));
  if (list) in.need(')', "item to fetch or )");
  return fetch;
}

void write_fetch_item(std::string& out, const FetchItem& item) {
  for (const auto& plain : plain_items) {
    if (plain.kind == item.kind) out += plain.name;
  }
  if (item.kind != Kind::Section && item.kind != Kind::PeekSection) return;
  out += "BODY";
  write_section(out, item.section);
  if (item.partial) out += '<' + std::to_string(item.partial->start) + '>';
}

void write_fetch(std::string& out, const FetchArguments& fetch) {
  out += ' ';
  write_sequence_set(out, fetch.set);
  out += " (";
  for (const auto& item : fetch.items) {
    if (&item != &fetch.items.front()) out += ' ';
    if (item.kind == Kind::PeekSection) {
      out += "BODY.PEEK";
      write_section(out, item.section);
    } else if (item.kind == Kind::Section) {
      out += "BODY";
      write_section(out, item.section);
    } else {
      write_fetch_item(out, item);
    }
    if (item.partial) out += '<' + std::to_string(item.partial->start) + '.' + std::to_string(item.partial->count) + '>';
  }
  out += ')';
}

}  // namespace courier::imap
