// SELECT and EXAMINE, CLOSE, UNSELECT.
#include "daemons/mailbox/imap/folder_names.h"
#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

namespace {

// The sequence number of the first message that is not \Seen; 0 when all are.
std::uint32_t first_unseen(const store::View& view) {
  for (std::uint32_t number = 1; number <= view.size(); ++number) {
    if (!view.at(number).flags.has(store::Flag::Seen)) return number;
  }
  return 0;
}

}  // namespace

// RFC 3501, sections 6.3.1 and 6.3.2. The folder that was selected is given up even when this fails.
Task<Reply> ImapSession::select(const imap::Command& command) {
  const auto& mailbox = std::get<imap::MailboxArguments>(command.arguments).mailbox;
  const bool examine = command.verb == imap::Verb::Examine;
  // Kept until the end: a folder that is selected again need not be read again.
  const auto before = std::move(selected_);
  const auto name = folder_from_wire(mailbox, settings_.folder_prefix);
  if (!name) co_return no("[NONEXISTENT] No folder can have this name.");
  auto folder = co_await start_.account->open(*name);
  if (!folder) co_return failed(folder.error(), command);
  const auto access = examine ? store::Access::Examine : store::Access::Select;
  auto state = co_await (*folder)->refresh(access);
  if (!state) co_return failed(state.error(), command);

  selected_ = std::make_unique<Selected>(std::move(*folder), std::move(state->snapshot), access, std::move(state->recent));
  std::string& out = output_.text();
  const auto& snapshot = selected_->view.snapshot();
  selected_->write_flag_lines(out, settings_.keywords);
  out += "* " + std::to_string(selected_->view.size()) + " EXISTS\r\n";
  out += "* " + std::to_string(selected_->recent_count()) + " RECENT\r\n";
  if (const std::uint32_t unseen = first_unseen(selected_->view)) {
    out += "* OK [UNSEEN " + std::to_string(unseen) + "] First message that was not read.\r\n";
  }
  out += "* OK [UIDVALIDITY " + std::to_string(snapshot.uid_validity().value) + "] UIDs are valid.\r\n";
  out += "* OK [UIDNEXT " + std::to_string(snapshot.uid_next().value) + "] Next UID.\r\n";
  co_return ok(examine ? "[READ-ONLY] Examined." : "[READ-WRITE] Selected.");
}

// RFC 3501, section 6.4.2: what is \Deleted goes, and nobody is told.
Task<Reply> ImapSession::close(const imap::Command& command) {
  const auto selected = std::move(selected_);
  if (selected->read_only()) co_return ok("Closed.");
  const auto gone = co_await selected->folder->expunge();
  if (!gone) co_return failed(gone.error(), command);
  co_return ok("Closed.");
}

// RFC 3691
Task<Reply> ImapSession::unselect(const imap::Command&) {
  selected_.reset();
  co_return ok("Unselected.");
}

}  // namespace courier::mailbox
