#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

// RFC 3501, section 6.4.3; UID EXPUNGE: RFC 4315. The EXPUNGE lines are told by sync().
Task<Reply> ImapSession::expunge(const imap::Command& command) {
  if (selected_->read_only()) co_return no("[CANNOT] The folder was opened read-only.");
  std::optional<std::vector<store::Uid>> uids;
  if (command.uid) {
    std::vector<imap::SequenceSet::Range> ranges;
    static_cast<void>(selected_->numbers(std::get<imap::UidSetArguments>(command.arguments).set, true, ranges));
    uids = selected_->uids(ranges);
  }
  const auto gone = co_await selected_->folder->expunge(std::move(uids));
  if (!gone) co_return failed(gone.error(), command);
  co_return ok("Expunged.");
}

}  // namespace courier::mailbox
