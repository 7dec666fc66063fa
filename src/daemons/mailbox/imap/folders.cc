// CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE.
#include "daemons/mailbox/imap/folder_names.h"
#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

namespace {

Reply no_such_name() { return no("[CANNOT] No folder can have this name."); }

}  // namespace

// RFC 3501, section 6.3.3
Task<Reply> ImapSession::create(const imap::Command& command) {
  const auto name = folder_from_wire(std::get<imap::MailboxArguments>(command.arguments).mailbox, settings_.folder_prefix);
  if (!name) co_return no_such_name();
  const auto created = co_await start_.account->create(*name);
  if (!created) co_return failed(created.error(), command);
  co_return ok("Created.");
}

// RFC 3501, section 6.3.4
Task<Reply> ImapSession::remove(const imap::Command& command) {
  const auto name = folder_from_wire(std::get<imap::MailboxArguments>(command.arguments).mailbox, settings_.folder_prefix);
  if (!name) co_return no_such_name();
  if (name->is_inbox()) co_return no("[CANNOT] The inbox cannot be deleted.");
  if (selected_ && selected_->folder->name() == *name) co_return no("[INUSE] The folder is selected.");
  const auto removed = co_await start_.account->remove(*name);
  if (!removed) co_return failed(removed.error(), command);
  co_return ok("Deleted.");
}

// RFC 3501, section 6.3.5
Task<Reply> ImapSession::rename(const imap::Command& command) {
  const auto& arguments = std::get<imap::RenameArguments>(command.arguments);
  const auto from = folder_from_wire(arguments.from, settings_.folder_prefix);
  const auto to = folder_from_wire(arguments.to, settings_.folder_prefix);
  if (!from || !to) co_return no_such_name();
  if (selected_ && !from->is_inbox() && (selected_->folder->name() == *from || selected_->folder->name().is_below(*from))) {
    co_return no("[INUSE] The folder is selected.");
  }
  const auto renamed = co_await start_.account->rename(*from, *to);
  if (!renamed) co_return failed(renamed.error(), command);
  co_return ok("Renamed.");
}

// RFC 3501, sections 6.3.6 and 6.3.7. A folder that does not exist (any more) may be subscribed.
Task<Reply> ImapSession::subscribe(const imap::Command& command) {
  const auto name = folder_from_wire(std::get<imap::MailboxArguments>(command.arguments).mailbox, settings_.folder_prefix);
  if (!name) co_return no_such_name();
  const bool subscribed = command.verb == imap::Verb::Subscribe;
  const auto done = co_await start_.account->subscribe(*name, subscribed);
  if (!done) co_return failed(done.error(), command);
  co_return ok(subscribed ? "Subscribed." : "Unsubscribed.");
}

}  // namespace courier::mailbox
