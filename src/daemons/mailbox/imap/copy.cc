// COPY and MOVE.
#include "daemons/mailbox/imap/folder_names.h"
#include "daemons/mailbox/imap/session.h"
#include "wire/imap/sequence_set.h"

namespace courier::mailbox {

namespace {

// RFC 4315: COPYUID. Pairs stand in the order of the source.
std::string copyuid(const store::Copied& copied) {
  std::vector<std::uint32_t> from, to;
  for (const auto uid : copied.from) from.push_back(uid.value);
  for (const auto uid : copied.to) to.push_back(uid.value);
  return "[COPYUID " + std::to_string(copied.uid_validity.value) + ' ' + imap::write_numbers(from) + ' ' + imap::write_numbers(to) + "] ";
}

}  // namespace

// RFC 3501, section 6.4.7, and RFC 6851. All or nothing.
Task<Reply> ImapSession::copy(const imap::Command& command) {
  const auto& arguments = std::get<imap::CopyArguments>(command.arguments);
  const bool move = command.verb == imap::Verb::Move;
  if (move && selected_->read_only()) co_return no("[CANNOT] The folder was opened read-only.");
  std::vector<imap::SequenceSet::Range> ranges;
  if (!selected_->numbers(arguments.set, command.uid, ranges)) co_return bad("There is no message with that number.");
  const auto name = folder_from_wire(arguments.mailbox, settings_.folder_prefix);
  if (!name) co_return no("[TRYCREATE] There is no such folder.");
  auto target = selected_->folder;
  if (target->name() != *name) {
    auto opened = co_await start_.account->open(*name);
    if (!opened && opened.error().fault == store::StoreFault::NotFound) co_return no("[TRYCREATE] There is no such folder.");
    if (!opened) co_return failed(opened.error(), command);
    target = std::move(*opened);
  } else if (move) {
    co_return no("[CANNOT] The messages are in that folder already.");
  }
  auto uids = selected_->uids(ranges);
  if (uids.empty()) co_return ok("Nothing to do.");
  const auto copied =
      move ? co_await selected_->folder->move(std::move(uids), target) : co_await selected_->folder->copy(std::move(uids), target);
  if (!copied) co_return failed(copied.error(), command);
  if (copied->from.empty()) co_return reply_for(store::StoreFault::Gone);
  if (!move) co_return ok(copyuid(*copied) + "Copied.");
  output_.text() += "* OK " + copyuid(*copied) + "Moved.\r\n";
  co_return ok("Moved.");
}

}  // namespace courier::mailbox
