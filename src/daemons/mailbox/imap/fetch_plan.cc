#include "daemons/mailbox/imap/fetch_plan.h"

#include <algorithm>

namespace courier::mailbox {

namespace {

using Kind = imap::FetchItem::Kind;

bool is_section(Kind kind) {
  return kind == Kind::Section || kind == Kind::PeekSection || kind == Kind::Rfc822 || kind == Kind::Rfc822Header ||
         kind == Kind::Rfc822Text;
}

FetchPlan::Item planned(const imap::FetchItem& item) {
  FetchPlan::Item planned{.kind = item.kind, .section = is_section(item.kind), .name = {}, .where = item.section, .partial = item.partial};
  imap::write_fetch_item(planned.name, item);
  planned.name += ' ';
  if (item.kind == Kind::Rfc822Header) planned.where.text = imap::Section::Text::Header;
  if (item.kind == Kind::Rfc822Text) planned.where.text = imap::Section::Text::Text;
  return planned;
}

}  // namespace

FetchPlan::FetchPlan(const std::vector<imap::FetchItem>& wanted, bool uid) {
  const bool has_uid = std::ranges::any_of(wanted, [](const auto& item) { return item.kind == Kind::Uid; });
  if (uid && !has_uid) items.push_back(planned({.kind = Kind::Uid, .section = {}, .partial = {}}));
  for (const auto& item : wanted) {
    items.push_back(planned(item));
    switch (item.kind) {
      case Kind::Flags: flags = true; break;
      case Kind::Uid: break;
      case Kind::InternalDate: date = true; break;
      case Kind::Size: size = true; break;
      case Kind::Body: parts = true; [[fallthrough]];
      case Kind::Envelope:
      case Kind::BodyStructure: structure = true; break;
      default: bytes = true;
    }
    // A client that reads in pieces comes again: the structure, once remembered, finds the place without reading up to it.
    if (!item.section.part.empty() || item.partial) structure = parts = true;
    // RFC 3501, section 6.4.5: BODY[...], RFC822 and RFC822.TEXT set \Seen, BODY.PEEK and RFC822.HEADER do not.
    if (item.kind == Kind::Section || item.kind == Kind::Rfc822 || item.kind == Kind::Rfc822Text) seen = true;
  }
}

}  // namespace courier::mailbox
