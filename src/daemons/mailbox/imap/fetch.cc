#include "wire/imap/fetch.h"

#include <algorithm>

#include "daemons/mailbox/imap/fetch_plan.h"
#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

namespace {

constexpr std::size_t batch_size = 100;
constexpr store::ReadLimits read_limits{.whole = 128 * 1024, .together = 512 * 1024};

store::Computed learn(const FetchMessage& message) {
  return {.uid = message.uid,
          .internal_date = message.internal_date,
          .stored_size = message.loaded->size,
          .wire_size = message.wire_size,
          .structure = message.structure ? message::encode_structure(*message.structure) : std::string()};
}

}  // namespace

// RFC 3501, section 6.4.5. What the view knows is written at once; for the rest messages are taken in batches, and large ones sent
// from their files chunk by chunk. Messages that somebody expunged, or whose files another program removed, are left out; EXPUNGE
// follows when it may be sent (RFC 2180, section 4.1). That is NO when nothing is left, else it tells in its code (RFC 5530).
Task<Reply> ImapSession::fetch(const imap::Command& command) {
  const auto& arguments = std::get<imap::FetchArguments>(command.arguments);
  std::vector<imap::SequenceSet::Range> ranges;
  if (!selected_->numbers(arguments.set, command.uid, ranges)) co_return bad("There is no message with that number.");
  const FetchPlan plan(arguments.items, command.uid);
  std::vector<std::uint32_t> batch;
  FetchTally tally;
  for (const auto& range : ranges) {
    for (std::uint32_t number = range.first; number <= range.last; ++number) {
      if (plan.from_view()) {
        co_await write_message(plan, {.number = number, .uid = selected_->view.at(number).uid});
        continue;
      }
      batch.push_back(number);
      if (batch.size() < batch_size) continue;
      if (const auto reply = co_await fetch_batch(plan, command, std::move(batch), tally)) co_return *reply;
      batch.clear();
    }
  }
  if (!batch.empty()) {
    if (const auto reply = co_await fetch_batch(plan, command, std::move(batch), tally)) co_return *reply;
  }
  if (tally.gone == 0) co_return ok("Fetched.");
  if (tally.told == 0) co_return reply_for(store::StoreFault::Gone);
  co_return ok("[EXPUNGEISSUED] Some of the messages no longer exist.");
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

// The bytes of one message of the batch; null when it is gone. Those that will be needed next are loaded with it.
Task<store::StoreResult<const store::LoadedMessage*>> ImapSession::load_message(const FetchPlan& plan, FetchBatch& batch, std::size_t i) {
  auto& loaded = batch.loaded;
  if (batch.next_loaded == loaded.size()) {
    std::vector<store::Uid> wanted;
    for (std::size_t j = i; j < batch.uids.size(); ++j) {
      if (batch.load[j]) wanted.push_back(batch.uids[j]);
    }
    auto limits = read_limits;
    limits.facts_only = plan.date && !plan.size && !plan.structure && !plan.bytes;
    auto more = co_await selected_->folder->load(std::move(wanted), limits);
    if (!more) co_return fail(more.error());
    loaded = std::move(*more);
    batch.next_loaded = 0;
  }
  if (batch.next_loaded == loaded.size() || loaded[batch.next_loaded].uid != batch.uids[i]) co_return nullptr;
  co_return &loaded[batch.next_loaded++];
}

// What was computed before, and which messages must be loaded all the same.
Task<> ImapSession::recall(const FetchPlan& plan, FetchBatch& batch) {
  auto known = co_await selected_->folder->computed(batch.uids);
  batch.known.resize(batch.uids.size());
  batch.structures.resize(batch.uids.size());
  batch.load.assign(batch.uids.size(), true);
  std::size_t next = 0;
  for (std::size_t i = 0; i < batch.uids.size() && next < known.size(); ++i) {
    if (known[next].uid != batch.uids[i]) continue;
    store::Computed& facts = known[next++];
    const bool large = plan.bytes && facts.stored_size > read_limits.whole;
    if (plan.structure || large) batch.structures[i] = message::decode_structure(facts.structure);
    if (plan.structure && !batch.structures[i]) continue;
    facts.structure = std::string();
    batch.known[i] = std::move(facts);
    batch.load[i] = plan.bytes;
  }
}

Task<std::optional<Reply>> ImapSession::fetch_batch(const FetchPlan& plan, const imap::Command& command, std::vector<std::uint32_t> numbers,
                                                    FetchTally& tally) {
  const auto seen = co_await mark_seen(plan, numbers, command.uid);
  FetchBatch batch;
  for (const std::uint32_t number : numbers) batch.uids.push_back(selected_->view.at(number).uid);
  co_await recall(plan, batch);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    FetchMessage message{.number = numbers[i], .flags_changed = std::ranges::binary_search(seen, numbers[i]), .uid = batch.uids[i]};
    message.structure = std::move(batch.structures[i]);
    if (const auto& facts = batch.known[i]) {
      message.internal_date = facts->internal_date;
      message.wire_size = facts->wire_size;
    }
    if (batch.load[i]) {
      const auto loaded = co_await load_message(plan, batch, i);
      if (!loaded) co_return failed(loaded.error(), command);
      if (!*loaded) {
        ++tally.gone;
        continue;
      }
      message.loaded = *loaded;
      message.internal_date = message.loaded->internal_date;
      const bool had_structure = message.structure.has_value();
      co_await complete_facts(plan, message);
      const bool new_structure = message.structure.has_value() && !had_structure;
      if (new_structure || (plan.size && !batch.known[i])) batch.learned.push_back(learn(message));
    }
    co_await write_message(plan, message);
    ++tally.told;
  }
  if (!batch.learned.empty()) selected_->folder->remember(std::move(batch.learned));
  co_return std::nullopt;
}

}  // namespace courier::mailbox
