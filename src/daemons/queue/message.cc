#include "daemons/queue/message.h"

#include <algorithm>

#include "base/codec.h"
#include "base/text.h"

namespace courier::queue {
namespace {

constexpr std::size_t most_events = 64;

}  // namespace

const TargetState* Progress::find(std::uint32_t number) const {
  const auto place = std::find_if(targets.begin(), targets.end(), [&](const TargetState& t) { return t.number == number; });
  return place == targets.end() ? nullptr : &*place;
}

TargetState& Progress::at(std::uint32_t number) {
  const auto place = std::find_if(targets.begin(), targets.end(), [&](const TargetState& t) { return t.number == number; });
  if (place != targets.end()) return *place;
  targets.push_back({});
  targets.back().number = number;
  return targets.back();
}

void Progress::event(WallTime at, std::string text) {
  if (events.empty()) events.reserve(4);  // accepted, delivered, completed: a plain message's
  if (events.size() >= most_events) events.erase(events.begin() + most_events / 2);
  events.push_back({.at_us = at.microseconds, .text = std::move(text)});
}

bool Message::finished(const Target& target) const {
  const TargetState* state = progress.find(target.number);
  return state != nullptr && state->finished;
}

bool Message::all_finished() const {
  if (!record.expansions.empty()) return false;
  return std::all_of(record.targets.begin(), record.targets.end(), [&](const Target& t) { return finished(t); });
}

MessagePtr read_message(const spool::Stored& stored) {
  auto message = std::make_shared<Message>();
  message->number = stored.number;
  message->due_us = stored.due_us;
  if (!decode(stored.record, message->record) || message->record.version != 1) return nullptr;
  if (!stored.state.empty() && !decode(stored.state, message->progress)) return nullptr;
  return message;
}

std::string domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string() : to_lower(address.substr(at + 1));
}

std::string address_key(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos) return std::string(address);
  return std::string(address.substr(0, at + 1)) + to_lower(address.substr(at + 1));
}

}  // namespace courier::queue
