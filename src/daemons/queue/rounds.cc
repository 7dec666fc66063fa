#include "daemons/queue/rounds.h"

#include <algorithm>
#include <utility>

namespace courier::queue {
namespace {

constexpr Duration commit_retry = seconds(1);

}  // namespace

Rounds::Rounds(Parts& parts, Resolver& resolver, Ids& ids, ExpiryClock& clock)
    : parts_(parts),
      ids_(ids),
      clock_(clock),
      attempts_(parts, resolver),
      expander_(parts, resolver, *this),
      tasks_(parts.loop, no_exceptions()) {}

Rounds::Lock::~Lock() {
  if (!message_) return;
  message_->being_written = false;
  // Whoever is first takes it; the others find it taken and wait on.
  const auto waiting = std::exchange(message_->wait_to_write, {});
  for (const CellRef& cell : waiting) cell->complete();
}

Task<> Rounds::unlocked(MessagePtr message) {
  while (message->being_written) {
    const CellRef cell = make_cell();
    message->wait_to_write.push_back(cell);
    co_await cell;
  }
}

void Rounds::begin() { arm(0); }

void Rounds::look_now() { arm(0); }

void Rounds::wake_waiters() {
  if (!full()) wake(wait_for_room_);
}

Task<> Rounds::gate() {
  while (failing_ > 0) {
    const CellRef cell = make_cell();
    wait_for_gate_.push_back(cell);
    co_await cell;
  }
}

Task<spool::Receipt> Rounds::write(spool::Change change) {
  spool::CommitRef commit = parts_.writer.commit(std::move(change));
  co_await commit;
  if (commit->receipt.verdict != spool::Verdict::Done) co_return co_await write_again(std::move(commit));
  co_return commit->receipt;
}

Task<spool::Receipt> Rounds::write_again(spool::CommitRef commit) {
  ++failing_;
  bool mine = false;
  while (commit->receipt.verdict != spool::Verdict::Done) {
    // One of them tries the disk; when it has succeeded the others follow, together.
    if (probing_ && !mine) {
      const CellRef cell = make_cell();
      wait_for_probe_.push_back(cell);
      co_await cell;
    } else {
      const spool::Receipt& receipt = commit->receipt;
      parts_.probe.spool_trouble("commit outcome", std::string(to_string(receipt.verdict)) + ": " + receipt.text);
      probing_ = mine = true;
      co_await parts_.loop.sleep(commit_retry);
    }
    commit = parts_.writer.commit(std::move(commit->change));
    co_await commit;
  }
  if (mine) {
    probing_ = false;
    wake(wait_for_probe_);
  }
  if (--failing_ == 0) {
    parts_.probe.spool_recovered();
    wake(wait_for_gate_);
  }
  co_return commit->receipt;
}

void Rounds::wake(std::vector<CellRef>& cells) {
  for (const CellRef& cell : std::exchange(cells, {})) parts_.loop.post([cell] { cell->complete(); });
}

Task<> Rounds::run(MessagePtr message) {
  Round round;
  if (!message->progress.held && !message->progress.cancelled && !message->record.expansions.empty()) {
    co_await gate();
    round.unresolved = !co_await expander_.expand(message);
  }
  if (!message->progress.held) {
    settle(*message, parts_.loop.wall_now());
    auto groups = group_targets(*message, static_cast<std::size_t>(parts_.settings.recipients_per_attempt));
    if (groups.size() == 1) {
      co_await run_group(message, std::move(groups.front()), round);
    } else if (!groups.empty()) {
      co_await run_groups(message, std::move(groups), round);
    }
  }
  co_await finish(std::move(message), round);
}

Task<> Rounds::run_groups(MessagePtr message, std::vector<Group> groups, Round& round) {
  TaskGroup together(parts_.loop, no_exceptions());
  for (Group& group : groups) together.spawn(run_group(message, std::move(group), round));
  co_await together.wait_empty(Deadline::never());
}

Task<> Rounds::run_group(MessagePtr message, Group group, Round& round) {
  if (failing_ > 0) co_await gate();
  delivery::DeliverReply reply;
  {
    std::optional<Slots::Slot> slot = parts_.slots.try_acquire(group.transport, group.host);
    if (!slot) slot.emplace(co_await parts_.slots.acquire(group.transport, group.host));
    if (!*slot) {
      const Duration wait = slot->paused_until - parts_.loop.now();
      const std::int64_t until = (parts_.loop.wall_now() + wait).microseconds;
      round.paused_until_us = round.paused_until_us == 0 ? until : std::min(round.paused_until_us, until);
      co_return;
    }
    if (failing_ > 0) co_await gate();
    if (draining_) {
      // The next start attempts it.
      round.paused_until_us = parts_.loop.wall_now().microseconds;
      co_return;
    }
    round.attempted = true;
    reply = co_await attempts_.attempt(*message, group);
  }
  if (reply.site_pause_ms > 0) parts_.slots.pause(group.transport, group.host, milliseconds(reply.site_pause_ms));
  for (const delivery::Result& result : reply.results) {
    for (const Target& target : message->record.targets) {
      if (target.number == result.number) parts_.probe.attempted(*message, target, result);
    }
  }
  if (message->being_written) co_await unlocked(message);
  const Lock held(message);
  take_results(*message, group, reply, parts_.loop.wall_now());
  // The last group's outcome is committed with the round; an earlier one's now, since the others may take long.
  if (message->record.targets.size() == group.numbers.size()) co_return;
  if (message->all_finished()) co_return;
  spool::Change change;
  message->due_us = parts_.loop.wall_now().microseconds;
  change.updates.push_back({.number = message->number, .record = {}, .due_us = message->due_us, .state = encode(message->progress)});
  co_await write(std::move(change));
}

Task<bool> Rounds::drain(Deadline deadline) {
  draining_ = true;
  parts_.loop.cancel_timer(timer_);
  co_return co_await tasks_.wait_empty(deadline);
}

}  // namespace courier::queue
