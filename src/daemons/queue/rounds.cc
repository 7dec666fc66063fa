#include "daemons/queue/rounds.h"

#include <algorithm>
#include <utility>

namespace courier::queue {
namespace {

constexpr Duration commit_retry = seconds(1);
constexpr std::size_t most_excerpt = 64 << 10;  // of an original whose header alone is returned

// The first bytes of a body, as the spool has it; for the writer's thread.
Result<std::string, std::string> read_excerpt(spool::Spool& spool, spool::Number number, std::size_t most) {
  auto body = spool.body(number);
  if (!body) return fail(std::move(body.error()));
  if (!body->file) {
    if (body->bytes.size() > most) body->bytes.resize(most);
    return std::move(body->bytes);
  }
  std::string bytes(std::min<std::uint64_t>(most, body->size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto got = body->file->read_at(have, {bytes.data() + have, bytes.size() - have});
    if (!got) return fail(to_string(got.error()));
    if (*got == 0) return fail(std::string("the body file is shorter than recorded"));
    have += *got;
  }
  return bytes;
}

}  // namespace

spool::Addition make_addition(const Message& message) {
  spool::Addition addition;
  addition.id = message.id();
  addition.record = encode(message.record);
  addition.body = message.body;
  addition.body_size = message.record.size;
  addition.unique_key = message.record.unique_key;
  return addition;
}

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

Task<Rounds::Lock> Rounds::lock(MessagePtr message) {
  while (message->being_written) {
    const CellRef cell = make_cell();
    message->wait_to_write.push_back(cell);
    co_await cell;
  }
  co_return Lock(std::move(message));
}

void Rounds::begin() { arm(0); }

void Rounds::start(MessagePtr message) {
  window_[message->id()] = message;
  parts_.probe.window(window_.size(), parts_.slots.running(Transport::Local), parts_.slots.running(Transport::Remote));
  tasks_.spawn(run(std::move(message)));
}

MessagePtr Rounds::find(const std::string& id) const {
  const auto place = window_.find(id);
  return place == window_.end() ? nullptr : place->second;
}

void Rounds::drop(const MessagePtr& message) {
  window_.erase(message->id());
  parts_.probe.window(window_.size(), parts_.slots.running(Transport::Local), parts_.slots.running(Transport::Remote));
  wake_waiters();
  // Room again, and perhaps more on disk than fitted before.
  if (next_due_us_ != 0 && window_.size() < static_cast<std::size_t>(parts_.settings.window_low)) arm(next_due_us_);
}

void Rounds::park(const MessagePtr& message) {
  drop(message);
  waits_until(message->due_us);
}

void Rounds::waits_until(std::int64_t due_us) {
  if (next_due_us_ == 0 || due_us < next_due_us_) arm(due_us);
}

void Rounds::look_now() { arm(0); }

// One timer, for the earliest message on disk. Without room in the window it is set again when there is some.
void Rounds::arm(std::int64_t due_us) {
  next_due_us_ = std::max<std::int64_t>(due_us, 1);
  if (armed_for_ == next_due_us_) return;
  parts_.loop.cancel_timer(std::exchange(timer_, {}));
  armed_for_ = 0;
  if (draining_ || loading_ || full()) return;
  const std::int64_t wait_us = std::max<std::int64_t>(due_us - parts_.loop.wall_now().microseconds, 0);
  // Not longer than a minute: the wall clock may be set meanwhile.
  const Duration wait = std::min(microseconds(std::min<std::int64_t>(wait_us, 60'000'000)), seconds(60));
  armed_for_ = next_due_us_;
  timer_ = parts_.loop.add_timer(parts_.loop.now() + wait, [this] {
    armed_for_ = 0;
    if (next_due_us_ > parts_.loop.wall_now().microseconds) return arm(next_due_us_);
    tasks_.spawn(load());
  });
}

Task<> Rounds::load() {
  if (loading_ || draining_ || full()) co_return;
  loading_ = true;
  const std::int64_t now_us = parts_.loop.wall_now().microseconds;
  next_due_us_ = 0;
  std::set<spool::Number> skip;
  for (const auto& [id, message] : window_) skip.insert(message->number);
  const std::size_t most = static_cast<std::size_t>(parts_.settings.window_high) - window_.size();
  auto due = co_await parts_.writer.run([now_us, most, skip](spool::Spool& spool) { return spool.due(now_us, most, skip); });
  loading_ = false;
  if (!due) {
    parts_.probe.spool_trouble("read due messages", due.error());
    arm(now_us + 10'000'000);
    co_return;
  }
  for (const spool::Stored& stored : due->messages) {
    MessagePtr message = read_message(stored);
    if (!message) {
      parts_.probe.unreadable(stored.number);
    } else if (!find(message->id())) {
      start(std::move(message));
    }
  }
  // What became due on disk while the spool was read is in next_due_us_ already.
  std::int64_t next = due->next_due_us.value_or(0);
  if (next_due_us_ != 0 && (next == 0 || next_due_us_ < next)) next = next_due_us_;
  if (next != 0) arm(next);
}

Task<MessagePtr> Rounds::hold(std::string id) {
  if (MessagePtr present = find(id)) co_return present;
  auto stored = co_await parts_.writer.run([id](spool::Spool& spool) { return spool.find(id); });
  if (MessagePtr present = find(id)) co_return present;  // it came due meanwhile
  if (!stored || !*stored) co_return nullptr;
  MessagePtr message = read_message(**stored);
  if (message) window_[id] = message;
  co_return message;
}

Task<> Rounds::room(Deadline deadline) {
  while (full() && parts_.loop.now() < deadline.at) {
    const CellRef cell = make_cell();
    wait_for_room_.push_back(cell);
    const TimerId timer = parts_.loop.add_timer(deadline.at, [cell] { cell->complete(); });
    co_await cell;
    parts_.loop.cancel_timer(timer);
  }
}

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
  const auto kept = std::make_shared<const spool::Change>(std::move(change));
  spool::Receipt receipt = co_await parts_.writer.commit(kept);
  if (receipt.verdict == spool::Verdict::Done) co_return receipt;
  ++failing_;
  bool mine = false;
  while (receipt.verdict != spool::Verdict::Done) {
    // One of them tries the disk; when it has succeeded the others follow, together.
    if (probing_ && !mine) {
      const CellRef cell = make_cell();
      wait_for_probe_.push_back(cell);
      co_await cell;
    } else {
      parts_.probe.spool_trouble("commit outcome", std::string(to_string(receipt.verdict)) + ": " + receipt.text);
      probing_ = mine = true;
      co_await parts_.loop.sleep(commit_retry);
    }
    receipt = co_await parts_.writer.commit(kept);
  }
  if (mine) {
    probing_ = false;
    wake(wait_for_probe_);
  }
  if (--failing_ == 0) {
    parts_.probe.spool_recovered();
    wake(wait_for_gate_);
  }
  co_return receipt;
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
  co_await gate();
  delivery::DeliverReply reply;
  {
    const Slots::Slot slot = co_await parts_.slots.acquire(group.transport, group.host);
    if (!slot) {
      const Duration wait = slot.paused_until - parts_.loop.now();
      const std::int64_t until = (parts_.loop.wall_now() + wait).microseconds;
      round.paused_until_us = round.paused_until_us == 0 ? until : std::min(round.paused_until_us, until);
      co_return;
    }
    co_await gate();
    round.attempted = true;
    reply = co_await attempts_.attempt(message, group);
  }
  if (reply.site_pause_ms > 0) parts_.slots.pause(group.transport, group.host, milliseconds(reply.site_pause_ms));
  for (const delivery::Result& result : reply.results) {
    for (const Target& target : message->record.targets) {
      if (target.number == result.number) parts_.probe.attempted(*message, target, result);
    }
  }
  const Lock held = co_await lock(message);
  take_results(*message, group, reply, parts_.loop.wall_now());
  // The last group's outcome is committed with the round; an earlier one's now, since the others may take long.
  if (message->record.targets.size() == group.numbers.size()) co_return;
  if (message->all_finished()) co_return;
  spool::Change change;
  message->due_us = parts_.loop.wall_now().microseconds;
  change.updates.push_back({.number = message->number, .record = {}, .due_us = message->due_us, .state = encode(message->progress)});
  co_await write(std::move(change));
}

Task<> Rounds::add_report(Message& message, ReportKind kind, spool::Change& change, std::vector<MessagePtr>& reports) {
  ReportInput input;
  input.kind = kind;
  input.targets = to_be_reported(message, kind);
  if (input.targets.empty()) co_return;
  const Addressee addressee = addressee_of(message, kind);
  if (addressee == Addressee::Nobody) {
    if (kind == ReportKind::Final) parts_.probe.dropped(message);
    co_return;
  }
  // A null sender wants no receipts: only what failed is of interest to the postmaster.
  if (addressee == Addressee::Postmaster) {
    std::erase_if(input.targets, [&](std::uint32_t n) { return message.progress.at(n).outcome != delivery::Outcome::Failed; });
    if (input.targets.empty()) co_return;
  }
  input.original_whole = returns_whole(message, kind, input.targets, parts_.settings);
  const std::size_t most = input.original_whole ? message.record.size : most_excerpt;
  std::string excerpt;
  if (message.body) {
    excerpt = message.body->substr(0, most);
  } else {
    const spool::Number number = message.number;
    auto read = co_await parts_.writer.run([number, most](spool::Spool& spool) { return read_excerpt(spool, number, most); });
    if (read) {
      excerpt = std::move(*read);
    } else {
      // The report goes out without it: the sender must know.
      parts_.probe.spool_trouble("read body for a report", read.error());
      input.original_whole = false;
    }
  }
  input.original = excerpt;
  input.id = ids_.next();
  input.host_name = parts_.context.start.host_name;
  input.now = parts_.loop.wall_now();
  MessagePtr report = make_report(message, input, parts_.settings);
  message.progress.event(input.now, "report " + input.id + " to " + report->record.envelope.recipients.front().address);
  parts_.probe.reported(message, input.id, kind == ReportKind::Delay ? "delay" : "final");
  change.additions.push_back(make_addition(*report));
  reports.push_back(std::move(report));
}

Task<> Rounds::finish(MessagePtr message, Round round) {
  spool::Change change;
  std::vector<MessagePtr> reports;
  {
    const Lock held = co_await lock(message);
    const WallTime now = parts_.loop.wall_now();
    Progress& progress = message->progress;
    const Conclusion end = conclude(*message, round, now, clock_.suspended(parts_.loop.now()), parts_.settings);
    co_await add_report(*message, ReportKind::Final, change, reports);
    for (TargetState& state : progress.targets) state.reported = state.reported || state.finished;
    if (end.warn) co_await add_report(*message, ReportKind::Delay, change, reports);
    if (end.finished) {
      progress.event(now, "completed");
      change.removals.push_back({.number = message->number,
                                 .id = message->id(),
                                 .unique_key = message->record.unique_key,
                                 .ended_us = now.microseconds,
                                 .history = encode(progress)});
    } else {
      message->due_us = end.due_us;
      change.updates.push_back({.number = message->number, .record = {}, .due_us = end.due_us, .state = encode(progress)});
    }
    const spool::Receipt receipt = co_await write(std::move(change));
    for (std::size_t i = 0; i < reports.size(); ++i) reports[i]->number = receipt.numbers[i];
    if (end.finished) parts_.probe.completed(*message, now - WallTime{message->record.arrived_us});
    if (end.finished) {
      drop(message);
    } else {
      park(message);
    }
  }
  for (MessagePtr& report : reports) start(std::move(report));
}

Task<bool> Rounds::drain(Deadline deadline) {
  draining_ = true;
  parts_.loop.cancel_timer(timer_);
  co_return co_await tasks_.wait_empty(deadline);
}

}  // namespace courier::queue
