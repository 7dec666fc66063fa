#include <algorithm>
#include <utility>

#include "daemons/mailbox/imap/fetch_writer.h"
#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

namespace {

// A client that goes away in the middle leaves no more than so many messages marked as \Seen that it did not get.
constexpr std::size_t seen_together = 100;
constexpr std::size_t most_together = 1000;

}  // namespace

// RFC 3501, section 6.4.5. What the view knows is written at once; for the rest answers are made piece by piece. Messages that somebody
// expunged, or whose files another program removed, are left out; EXPUNGE follows when it may be sent (RFC 2180, section 4.1). That is
// NO when nothing is left, else it tells in its code (RFC 5530).
Task<Reply> ImapSession::fetch(const imap::Command& command) {
  const auto& arguments = std::get<imap::FetchArguments>(command.arguments);
  std::vector<imap::SequenceSet::Range> ranges;
  if (!selected_->numbers(arguments.set, command.uid, ranges)) co_return bad("There is no message with that number.");
  const auto plan = std::make_shared<const FetchPlan>(arguments.items, command.uid);
  const std::size_t together = plan->seen ? seen_together : most_together;
  std::vector<std::uint32_t> batch;
  FetchProgress progress;
  for (const auto& range : ranges) {
    for (std::uint32_t number = range.first; number <= range.last; ++number) {
      if (plan->from_view()) {
        write_from_view(*plan, number);
        if (output_.due()) co_await output_.flush();
        continue;
      }
      batch.push_back(number);
      if (batch.size() < together) continue;
      if (const auto reply = co_await fetch_batch(plan, command, std::exchange(batch, {}), progress)) co_return *reply;
    }
  }
  if (!batch.empty()) {
    if (const auto reply = co_await fetch_batch(plan, command, std::move(batch), progress)) co_return *reply;
  }
  if (progress.gone == 0) co_return ok("Fetched.");
  if (progress.told == 0) co_return reply_for(store::StoreFault::Gone);
  co_return ok("[EXPUNGEISSUED] Some of the messages no longer exist.");
}

void ImapSession::write_from_view(const FetchPlan& plan, std::uint32_t number) {
  const store::Message& message = selected_->view.at(number);
  std::string& out = output_.text();
  out += "* " + std::to_string(number) + " FETCH (";
  for (const auto& item : plan.items) {
    if (&item != &plan.items.front()) out += ' ';
    if (item.kind == imap::FetchItem::Kind::Flags) {
      selected_->write_flags(out, message);
    } else {
      out += item.name;
      out += std::to_string(message.uid.value);
    }
  }
  out += ")\r\n";
}

// The implied \Seen: the numbers whose flags changed, ascending. What else changed meanwhile is told now.
Task<std::vector<std::uint32_t>> ImapSession::mark_seen(const FetchPlan& plan, const std::vector<std::uint32_t>& numbers, bool uid) {
  std::vector<std::uint32_t> changed;
  if (!plan.seen || selected_->read_only()) co_return changed;
  std::vector<store::Uid> uids;
  for (const std::uint32_t number : numbers) {
    const store::Message& message = selected_->view.at(number);
    if (message.flags.has(store::Flag::Seen)) continue;
    changed.push_back(number);
    uids.push_back(message.uid);
  }
  if (uids.empty()) co_return changed;
  store::FlagChange seen{.kind = store::FlagChange::Kind::Add, .flags = {}, .keywords = {}};
  seen.flags.add(store::Flag::Seen);
  const auto stored = co_await selected_->folder->store(std::move(uids), std::move(seen), std::nullopt, false);
  if (!stored) co_return std::vector<std::uint32_t>();  // reading goes on without the flag
  advance(store::Expunges::Keep, uid, &changed);
  co_return changed;
}

// While one piece is sent the next is made: no more than two are in memory, however slowly the client takes them.
Task<std::optional<Reply>> ImapSession::fetch_batch(std::shared_ptr<const FetchPlan> plan, const imap::Command& command,
                                                    std::vector<std::uint32_t> numbers, FetchProgress& progress) {
  const auto seen = co_await mark_seen(*plan, numbers, command.uid);
  const auto writer = std::make_shared<FetchWriter>(plan, fetch_messages(*plan, numbers, seen));
  writer->text = std::move(progress.spare);
  auto making = make_piece(writer);
  for (bool more = true; more;) {
    co_await making.done;
    const auto made = making.take();
    std::string text = std::exchange(writer->text, std::move(progress.spare));
    auto learned = std::exchange(writer->learned, {});
    more = made && writer->next() != FetchWriter::Next::Done;
    if (more) making = make_piece(writer);
    if (!learned.empty()) selected_->folder->remember(std::move(learned));
    co_await output_.write(text);
    text.clear();
    progress.spare = std::move(text);
    if (!made) co_return failed(made.error(), command);
  }
  progress.told += writer->told();
  progress.gone += writer->gone();
  co_return std::nullopt;
}

std::vector<FetchMessage> ImapSession::fetch_messages(const FetchPlan& plan, const std::vector<std::uint32_t>& numbers,
                                                      const std::vector<std::uint32_t>& seen) const {
  std::vector<FetchMessage> messages;
  messages.reserve(numbers.size());
  for (const std::uint32_t number : numbers) {
    const store::Message& message = selected_->view.at(number);
    FetchMessage& one = messages.emplace_back(FetchMessage{.number = number, .uid = message.uid});
    if (plan.flags || std::ranges::binary_search(seen, number)) selected_->write_flags(one.flags, message);
  }
  return messages;
}

Pending<store::StoreResult<void>> ImapSession::make_piece(const std::shared_ptr<FetchWriter>& writer) {
  if (writer->next() == FetchWriter::Next::File) return start_.account->pool().start([writer] { return writer->from_file(); });
  return selected_->folder->read([writer](store::FolderReader& reader) { return writer->from_folder(reader); });
}

}  // namespace courier::mailbox
