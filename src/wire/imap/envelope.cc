#include "wire/imap/envelope.h"

#include "wire/imap/token.h"

namespace courier::imap {

namespace {

// env-from = "(" 1*address ")" / nil; address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
void write_addresses(std::string& out, const std::vector<message::Address>& addresses) {
  if (addresses.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const auto& address : addresses) {
    out += '(';
    append_nstring(out, address.name);
    out += ' ';
    append_nstring(out, address.route);
    out += ' ';
    append_nstring(out, address.mailbox);
    out += ' ';
    append_nstring(out, address.host);
    out += ')';
  }
  out += ')';
}

}  // namespace

// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
//            env-in-reply-to SP env-message-id ")"
void write_envelope(std::string& out, const message::Envelope& envelope) {
  out += '(';
  append_nstring(out, envelope.date);
  out += ' ';
  append_nstring(out, envelope.subject);
  for (const auto* list : {&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to, &envelope.cc, &envelope.bcc}) {
    out += ' ';
    write_addresses(out, *list);
  }
  out += ' ';
  append_nstring(out, envelope.in_reply_to);
  out += ' ';
  append_nstring(out, envelope.message_id);
  out += ')';
}

}  // namespace courier::imap
