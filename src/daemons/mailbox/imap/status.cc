#include "wire/imap/status.h"

#include "daemons/mailbox/imap/folder_names.h"
#include "daemons/mailbox/imap/session.h"
#include "wire/imap/token.h"

namespace courier::mailbox {

namespace {

std::uint32_t value_of(imap::StatusItem item, const store::FolderStatus& status) {
  switch (item) {
    case imap::StatusItem::Messages: return status.messages;
    case imap::StatusItem::Recent: return status.recent;
    case imap::StatusItem::UidNext: return status.uid_next.value;
    case imap::StatusItem::UidValidity: return status.uid_validity.value;
    case imap::StatusItem::Unseen: return status.unseen;
  }
  return 0;
}

}  // namespace

// RFC 3501, section 6.3.10
Task<Reply> ImapSession::status(const imap::Command& command) {
  const auto& arguments = std::get<imap::StatusArguments>(command.arguments);
  const auto name = folder_from_wire(arguments.mailbox, settings_.folder_prefix);
  if (!name) co_return no("[NONEXISTENT] No folder can have this name.");
  const auto status = co_await start_.account->status(*name);
  if (!status) co_return failed(status.error(), command);
  std::string& out = output_.text();
  out += "* STATUS ";
  imap::append_string(out, arguments.mailbox);
  out += " (";
  for (const auto item : arguments.items) {
    if (item != arguments.items.front()) out += ' ';
    out += to_string(item);
    out += ' ' + std::to_string(value_of(item, *status));
  }
  out += ")\r\n";
  co_return ok("Status told.");
}

}  // namespace courier::mailbox
