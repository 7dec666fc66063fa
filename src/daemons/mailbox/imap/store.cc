#include "wire/imap/store.h"

#include <algorithm>

#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

namespace {

store::FlagChange change_of(const imap::StoreArguments& arguments) {
  using Change = imap::StoreArguments::Change;
  using Kind = store::FlagChange::Kind;
  const Kind kind = arguments.change == Change::Add ? Kind::Add : arguments.change == Change::Remove ? Kind::Remove : Kind::Replace;
  return {.kind = kind, .flags = store_flags(arguments.flags.system), .keywords = arguments.flags.keywords};
}

}  // namespace

// RFC 3501, section 6.4.6. With .SILENT only what others changed at the same time is told.
Task<Reply> ImapSession::store(const imap::Command& command) {
  const auto& arguments = std::get<imap::StoreArguments>(command.arguments);
  if (selected_->read_only()) co_return no("[CANNOT] The folder was opened read-only.");
  if (!arguments.flags.keywords.empty() && !settings_.keywords) co_return no("[CANNOT] Keywords are switched off.");
  std::vector<imap::SequenceSet::Range> ranges;
  if (!selected_->numbers(arguments.set, command.uid, ranges)) co_return bad("There is no message with that number.");
  auto stored = co_await selected_->folder->store(selected_->uids(ranges), change_of(arguments));
  if (!stored) co_return failed(stored.error(), command);

  std::vector<std::uint32_t> ours;  // told below, or not at all
  for (const auto& range : ranges) {
    for (std::uint32_t number = range.first; number <= range.last; ++number) ours.push_back(number);
  }
  const auto newest = selected_->folder->current();
  if (arguments.silent) {
    // A message that somebody else changed since has another MODSEQ than ours.
    std::ranges::sort(stored->changed, {}, &store::Stored::One::uid);
    std::erase_if(ours, [&](std::uint32_t number) {
      const store::Uid uid = selected_->view.at(number).uid;
      const auto one = std::ranges::lower_bound(stored->changed, uid, {}, &store::Stored::One::uid);
      const store::Message* now = newest->find(uid);
      return one == stored->changed.end() || one->uid != uid || !now || now->modseq != one->modseq;
    });
  }
  advance(store::Expunges::Keep, command.uid, &ours);
  for (const std::uint32_t number : ours) {
    if (arguments.silent) break;
    write_flags_line(number, command.uid);
    if (output_.due()) co_await output_.flush();
  }
  co_return stored->gone.empty() ? ok("Stored.") : reply_for(store::StoreFault::Gone);
}

}  // namespace courier::mailbox
