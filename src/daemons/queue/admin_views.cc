#include "daemons/queue/admin_views.h"

namespace courier::queue {
namespace {

const char* state_of(const Message& message, bool active) {
  if (message.progress.held) return "held";
  if (active) return "active";
  const std::int64_t hold = message.record.envelope.hold_until_us;
  return !message.progress.attempted && hold != 0 && message.due_us == hold ? "scheduled" : "waiting";
}

const char* state_of(const TargetState* state) {
  if (state == nullptr) return "waiting";
  switch (state->outcome) {
    case delivery::Outcome::Delivered: return "delivered";
    case delivery::Outcome::Relayed:
    case delivery::Outcome::Forwarded: return "relayed";
    case delivery::Outcome::Deferred: return "deferred";
    case delivery::Outcome::Failed: return "failed";
  }
  return "waiting";
}

void fill(MessageView& view, const Message& message, bool active) {
  const Record& record = message.record;
  view.number = message.number;
  view.id = message.id();
  view.sender = record.envelope.sender;
  view.source = submit::to_string(record.source);
  view.size = record.size;
  view.arrived = rfc3339_time(WallTime{record.arrived_us});
  if (message.due_us != 0) view.due = rfc3339_time(WallTime{message.due_us});
  view.state = state_of(message, active);
  for (const Target& target : record.targets) {
    if (target.kind == TargetKind::Alias) continue;
    const TargetState* state = message.progress.find(target.number);
    RecipientView& recipient = view.recipients.emplace_back();
    recipient.address = target.address;
    recipient.state = state_of(state);
    if (state != nullptr) recipient.reply = state->reply, recipient.remote = state->remote;
  }
  for (const Expansion& expansion : record.expansions) {
    view.recipients.push_back(
        {.address = record.envelope.recipients[expansion.recipient].address, .state = "waiting", .reply = {}, .remote = {}});
  }
}

}  // namespace

MessageView view_of(const Message& message, bool active) {
  MessageView view;
  fill(view, message, active);
  return view;
}

FullMessageView full_view_of(const Message& message, bool active) {
  FullMessageView view;
  fill(view, message, active);
  view.events = event_views(message.progress);
  return view;
}

std::vector<EventView> event_views(const Progress& progress) {
  std::vector<EventView> views;
  for (const Event& event : progress.events) views.push_back({.at = rfc3339_time(WallTime{event.at_us}), .text = event.text});
  return views;
}

}  // namespace courier::queue
