#include "wire/imap/fetch.h"

#include <algorithm>

#include "daemons/mailbox/imap/fetch_plan.h"
#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

namespace {

constexpr std::size_t batch_size = 100;
constexpr store::ReadLimits read_limits{.whole = 128 * 1024, .together = 512 * 1024};

}  // namespace

// RFC 3501, section 6.4.5. What the view knows is written at once; for the rest messages are taken in batches, and large ones sent
// from their files chunk by chunk.
Task<Reply> ImapSession::fetch(const imap::Command& command) {
  const auto& arguments = std::get<imap::FetchArguments>(command.arguments);
  std::vector<imap::SequenceSet::Range> ranges;
  if (!selected_->numbers(arguments.set, command.uid, ranges)) co_return bad("There is no message with that number.");
  const FetchPlan plan(arguments.items, command.uid);
  std::vector<std::uint32_t> batch;
  Reply reply = ok("Fetched.");
  for (const auto& range : ranges) {
    for (std::uint32_t number = range.first; number <= range.last; ++number) {
      if (plan.from_view()) {
        co_await write_message(plan, {.number = number, .uid = selected_->view.at(number).uid});
        continue;
      }
      batch.push_back(number);
      if (batch.size() < batch_size) continue;
      const Reply part = co_await fetch_batch(plan, command, std::move(batch));
      if (part.kind != Reply::Kind::Ok) reply = part;
      batch.clear();
    }
  }
  if (!batch.empty()) {
    const Reply part = co_await fetch_batch(plan, command, std::move(batch));
    if (part.kind != Reply::Kind::Ok) reply = part;
  }
  co_return reply;
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

Task<Reply> ImapSession::fetch_batch(const FetchPlan& plan, const imap::Command& command, std::vector<std::uint32_t> numbers) {
  const auto seen = co_await mark_seen(plan, numbers, command.uid);
  std::vector<store::Uid> uids;
  for (const std::uint32_t number : numbers) uids.push_back(selected_->view.at(number).uid);
  const auto known = co_await selected_->folder->computed(uids);

  std::vector<store::Computed> learned;
  std::vector<store::LoadedMessage> loaded;
  std::size_t next_loaded = 0, next_known = 0;
  bool gone = false;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    FetchMessage message{.number = numbers[i], .flags_changed = std::ranges::binary_search(seen, numbers[i]), .uid = uids[i]};
    const store::Computed* facts = nullptr;
    if (next_known < known.size() && known[next_known].uid == uids[i]) facts = &known[next_known++];
    if (facts) {
      message.internal_date = facts->internal_date;
      message.wire_size = facts->wire_size;
      const bool large = plan.bytes && facts->stored_size > read_limits.whole;
      if (plan.structure || large) message.structure = message::decode_structure(facts->structure);
      if (plan.structure && !message.structure) facts = nullptr;
    }
    if (!facts || !plan.satisfied_by(*facts)) {
      if (next_loaded == loaded.size()) {
        auto limits = read_limits;
        limits.facts_only = plan.date && !plan.size && !plan.structure && !plan.bytes;
        auto more = co_await selected_->folder->load({uids.begin() + static_cast<std::ptrdiff_t>(i), uids.end()}, limits);
        if (!more) co_return failed(more.error(), command);
        loaded = std::move(*more);
        next_loaded = 0;
      }
      if (next_loaded == loaded.size() || loaded[next_loaded].uid != uids[i]) {
        gone = true;
        continue;
      }
      message.loaded = &loaded[next_loaded++];
      message.internal_date = message.loaded->internal_date;
      co_await complete_facts(plan, message);
      if (!facts && (plan.size || message.structure)) {
        learned.push_back({.uid = uids[i],
                           .internal_date = message.internal_date,
                           .stored_size = message.loaded->size,
                           .wire_size = message.wire_size,
                           .structure = message.structure ? message::encode_structure(*message.structure) : std::string()});
      }
    } else if (next_loaded < loaded.size() && loaded[next_loaded].uid == uids[i]) {
      ++next_loaded;  // loaded with the others, and not needed
    }
    co_await write_message(plan, message);
  }
  if (!learned.empty()) selected_->folder->remember(std::move(learned));
  co_return gone ? reply_for(store::StoreFault::Gone) : ok("Fetched.");
}

}  // namespace courier::mailbox
