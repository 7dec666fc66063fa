// The end of a round: the outcome, and the reports that are committed with it.
#include <algorithm>

#include "daemons/queue/rounds.h"

namespace courier::queue {
namespace {

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

Task<> Rounds::add_report(Message& message, ReportKind kind, std::vector<std::uint32_t> targets, spool::Change& change,
                          std::vector<MessagePtr>& reports) {
  ReportInput input;
  input.kind = kind;
  input.targets = std::move(targets);
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
    excerpt = message.body->view().substr(0, most);
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
    if (message->being_written) co_await unlocked(message);
    const Lock held(message);
    const WallTime now = parts_.loop.wall_now();
    Progress& progress = message->progress;
    const Conclusion end = conclude(*message, round, now, clock_.suspended(parts_.loop.now()), parts_.settings);
    auto ended = to_be_reported(*message, ReportKind::Final);
    if (!ended.empty()) co_await add_report(*message, ReportKind::Final, std::move(ended), change, reports);
    for (TargetState& state : progress.targets) state.reported = state.reported || state.finished;
    auto delayed = end.warn ? to_be_reported(*message, ReportKind::Delay) : std::vector<std::uint32_t>();
    if (!delayed.empty()) co_await add_report(*message, ReportKind::Delay, std::move(delayed), change, reports);
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
    spool::Number number = (co_await write(std::move(change))).first;
    for (const MessagePtr& report : reports) report->number = number++;
    if (end.finished) parts_.probe.completed(*message, now - WallTime{message->record.arrived_us});
    if (end.finished) {
      drop(message);
    } else {
      park(message);
    }
  }
  for (MessagePtr& report : reports) start(std::move(report));
}

}  // namespace courier::queue
