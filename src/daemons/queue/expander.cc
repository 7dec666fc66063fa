#include "daemons/queue/expander.h"

#include <algorithm>

#include "daemons/queue/rounds.h"

namespace courier::queue {
namespace {

// A message with so many targets of its own gets no more: the next list is served in parts even when it is short.
constexpr std::size_t most_own_targets = 1000;

std::set<std::string> addresses_of(const Record& record) {
  std::set<std::string> sent;
  for (const Target& target : record.targets) sent.insert(address_key(target.address));
  return sent;
}

}  // namespace

Task<bool> Expander::expand(MessagePtr message) {
  while (!message->record.expansions.empty()) {
    const Expansion next = message->record.expansions.front();
    const std::string address = message->record.envelope.recipients[next.recipient].address;
    directory::ExpandReply answer = co_await resolver_.expand(address, next.cursor);
    if (!answer.available) co_return false;
    const bool small = next.cursor.empty() && answer.next.empty();
    if (small && message->record.targets.size() + answer.targets.size() <= most_own_targets) {
      co_await add_targets(message, std::move(answer));
    } else {
      co_await split_off(message, std::move(answer));
    }
  }
  co_return true;
}

Task<> Expander::add_targets(MessagePtr message, directory::ExpandReply answer) {
  co_await rounds_.unlocked(message);
  const Rounds::Lock held(message);
  Record record = message->record;
  const std::uint32_t recipient = record.expansions.front().recipient;
  record.expansions.erase(record.expansions.begin());
  std::set<std::string> sent = addresses_of(record);
  TargetMaker(record.envelope, recipient).add(answer, false, sent, record.targets);
  spool::Change change;
  change.updates.push_back({.number = message->number, .record = encode(record), .due_us = {}, .state = {}});
  co_await rounds_.write(std::move(change));
  message->record = std::move(record);
}

Task<> Expander::split_off(MessagePtr message, directory::ExpandReply answer) {
  co_await rounds_.unlocked(message);
  const Rounds::Lock held(message);
  Record record = message->record;
  const std::uint32_t recipient = record.expansions.front().recipient;

  // Members that the message itself or an earlier part serves are left out.
  std::vector<std::string> keys;
  for (const directory::Target& target : answer.targets) keys.push_back(address_key(target.address));
  const spool::Number number = message->number;
  auto served = co_await parts_.writer.run([number, keys](spool::Spool& spool) { return spool.claimed(number, keys); });
  while (!served) {
    parts_.probe.spool_trouble("read a list's progress", served.error());
    co_await parts_.loop.sleep(seconds(10));
    served = co_await parts_.writer.run([number, keys](spool::Spool& spool) { return spool.claimed(number, keys); });
  }
  std::set<std::string> sent = addresses_of(record);
  for (const std::size_t i : *served) sent.insert(keys[i]);

  auto part = std::make_shared<Message>();
  part->record = record;
  part->record.targets.clear();
  part->record.expansions.clear();
  part->record.parts = 0;
  part->record.unique_key.clear();
  part->record.envelope.recipients = {record.envelope.recipients[recipient]};
  TargetMaker(part->record.envelope, 0).add(answer, true, sent, part->record.targets);

  spool::Change change;
  change.claims_of = number;
  change.claims = keys;
  if (answer.next.empty()) {
    record.expansions.erase(record.expansions.begin());
  } else {
    record.expansions.front().cursor = answer.next;
  }
  if (!part->record.targets.empty()) {
    part->record.envelope.id = record.envelope.id + "-" + std::to_string(++record.parts);
    part->progress.event(parts_.loop.wall_now(), "split off " + record.envelope.id + ": " + std::to_string(part->record.targets.size()) +
                                                     " members of " + part->record.envelope.recipients.front().address);
    part->body = message->body;
    spool::Addition addition = make_addition(*part);
    addition.body = nullptr;
    addition.shares_body_of = number;
    // The parts of a very large list wait on disk for their turn.
    if (rounds_.full()) addition.due_us = parts_.loop.wall_now().microseconds, addition.state = encode(part->progress);
    change.additions.push_back(std::move(addition));
  }
  change.updates.push_back({.number = number, .record = encode(record), .due_us = {}, .state = {}});
  const bool on_disk = !change.additions.empty() && change.additions.front().due_us.has_value();
  const spool::Receipt receipt = co_await rounds_.write(std::move(change));
  message->record = std::move(record);
  if (part->record.targets.empty()) co_return;
  part->number = receipt.first;
  if (on_disk) {
    rounds_.waits_until(parts_.loop.wall_now().microseconds);
  } else {
    rounds_.start(std::move(part));
  }
}

}  // namespace courier::queue
