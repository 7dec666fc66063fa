#include "daemons/mailbox/imap/fetch_plan.h"

#include <algorithm>

namespace courier::mailbox {

using Kind = imap::FetchItem::Kind;

bool is_section(Kind kind) {
  return kind == Kind::Section || kind == Kind::PeekSection || kind == Kind::Rfc822 || kind == Kind::Rfc822Header ||
         kind == Kind::Rfc822Text;
}

imap::Section section_of(const imap::FetchItem& item) {
  imap::Section section = item.section;
  if (item.kind == Kind::Rfc822Header) section.text = imap::Section::Text::Header;
  if (item.kind == Kind::Rfc822Text) section.text = imap::Section::Text::Text;
  return section;
}

FetchPlan::FetchPlan(const std::vector<imap::FetchItem>& wanted, bool uid) : items(wanted) {
  const bool has_uid = std::ranges::any_of(items, [](const auto& item) { return item.kind == Kind::Uid; });
  if (uid && !has_uid) items.insert(items.begin(), {.kind = Kind::Uid, .section = {}, .partial = {}});
  for (const auto& item : items) {
    switch (item.kind) {
      case Kind::Flags:
      case Kind::Uid: break;
      case Kind::InternalDate: date = true; break;
      case Kind::Size: size = true; break;
      case Kind::Envelope:
      case Kind::Body:
      case Kind::BodyStructure: structure = true; break;
      default: bytes = true;
    }
    // A client that reads in pieces comes again: the structure, once remembered, finds the place without reading up to it.
    if (!item.section.part.empty() || item.partial) structure = true;
    // RFC 3501, section 6.4.5: BODY[...], RFC822 and RFC822.TEXT set \Seen, BODY.PEEK and RFC822.HEADER do not.
    if (item.kind == Kind::Section || item.kind == Kind::Rfc822 || item.kind == Kind::Rfc822Text) seen = true;
  }
}

}  // namespace courier::mailbox
