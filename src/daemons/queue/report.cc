#include "daemons/queue/report.h"

#include <algorithm>

#include "base/text.h"
#include "wire/dsn/notification.h"

namespace courier::queue {
namespace {

using delivery::Outcome;

constexpr std::size_t most_reply = 500;  // characters of a reply that are shown

dsn::Action action_of(const TargetState& state) {
  switch (state.outcome) {
    case Outcome::Delivered: return dsn::Action::Delivered;
    case Outcome::Relayed:
    case Outcome::Forwarded: return dsn::Action::Relayed;
    case Outcome::Deferred: return dsn::Action::Delayed;
    case Outcome::Failed: return dsn::Action::Failed;
  }
  return dsn::Action::Failed;
}

const Target* find_target(const Message& message, std::uint32_t number) {
  for (const Target& target : message.record.targets) {
    if (target.number == number) return &target;
  }
  return nullptr;
}

std::string shortened(std::string_view reply) {
  std::string text(reply.substr(0, most_reply));
  while (!text.empty() && !is_utf8(text)) text.pop_back();  // not in the middle of a character
  return text;
}

// RFC 3463: the class must fit the action, whatever the transport said.
std::string status_of(const TargetState& state) {
  const char wanted = state.outcome == Outcome::Failed ? '5' : state.outcome == Outcome::Deferred ? '4' : '2';
  const bool expired = state.outcome == Outcome::Failed && state.status.starts_with("4.");
  if (!state.status.empty() && (state.status.front() == wanted || expired)) return state.status;
  return std::string(1, wanted) + ".0.0";
}

dsn::Typed diagnostic_of(const TargetState& state) {
  const bool smtp = state.reply.size() >= 3 && ascii_digit(state.reply[0]) && ascii_digit(state.reply[1]) && ascii_digit(state.reply[2]);
  if (!smtp) return {"x-network-error", shortened(state.reply)};
  return {state.remote.empty() ? "x-courier" : "smtp", shortened(state.reply)};
}

dsn::Typed typed_original(const std::string& original) {
  const auto semicolon = original.find(';');
  if (semicolon == std::string::npos) return {"rfc822", original};
  return {to_lower(trim(original.substr(0, semicolon))), std::string(trim(original.substr(semicolon + 1)))};
}

dsn::RecipientStatus recipient_status(const Message& about, const Target& target, const TargetState& state, const ReportInput& input,
                                      const QueueSettings& settings, bool global) {
  dsn::RecipientStatus one;
  if (!target.original.empty()) one.original_recipient = typed_original(target.original);
  one.final_recipient = dsn::address_field(target.address, global);
  one.action = action_of(state);
  one.status = status_of(state);
  if (!state.remote.empty()) one.remote_mta = dsn::Typed{"dns", state.remote};
  if (!state.reply.empty()) one.diagnostic_code = diagnostic_of(state);
  if (input.kind == ReportKind::Delay) {
    one.will_retry_until = rfc5322_date(WallTime{about.record.arrived_us} + settings.lifetime);
  } else {
    one.last_attempt_date = rfc5322_date(input.now);
  }
  return one;
}

std::string received_from(const submit::Envelope& envelope) {
  if (envelope.peer_address.empty()) return {};
  const std::string literal = "[" + envelope.peer_address + "]";
  return envelope.peer_name.empty() ? literal : envelope.peer_name + " (" + literal + ")";
}

// One section of the text for people: what happened, and each recipient with the conversation's end (D-16).
void text_section(std::string& out, const char* heading, dsn::Action action, const Message& about, const ReportInput& input) {
  bool first = true;
  for (const std::uint32_t number : input.targets) {
    const Target* target = find_target(about, number);
    const TargetState* state = about.progress.find(number);
    if (target == nullptr || state == nullptr || action_of(*state) != action) continue;
    if (std::exchange(first, false)) out += std::string("\n") + heading + "\n";
    out += "\n<" + target->address + ">:\n";
    if (!state->remote.empty()) out += "    " + state->remote + ":\n";
    const bool remote = !state->remote.empty();
    for (const std::string_view line : split(shortened(state->reply), '\n')) {
      if (!line.empty()) out += (remote ? "<<< " : " *** ") + std::string(line) + "\n";
    }
  }
}

std::string human_text(const Message& about, const ReportInput& input, const QueueSettings& settings) {
  std::string out = "This is the mail server at " + input.host_name + ".\n\nThis is about a message that it received on\n" +
                    rfc5322_date(WallTime{about.record.arrived_us});
  if (const std::string from = received_from(about.record.envelope); !from.empty()) out += "\nfrom " + from;
  out += ".\n";
  text_section(out, "The message could not be delivered to these recipients:", dsn::Action::Failed, about, input);
  text_section(out, "The message has not been delivered yet to these recipients. You need not do anything:\nit will be tried again.",
               dsn::Action::Delayed, about, input);
  text_section(out, "The message was delivered to these recipients:", dsn::Action::Delivered, about, input);
  text_section(out, "The message was handed on for these recipients, to a system that sends no receipts:", dsn::Action::Relayed, about,
               input);
  if (input.kind == ReportKind::Delay) {
    out += "\nIt will be tried until " + rfc5322_date(WallTime{about.record.arrived_us} + settings.lifetime) + ".\n";
  }
  return out;
}

std::string from_value(const QueueSettings& settings, const std::string& host, const std::string& postmaster) {
  if (!settings.dsn_from.empty()) return settings.dsn_from;
  return "\"Courier mail server at " + host + "\" <" + postmaster + ">";
}

}  // namespace

std::vector<std::uint32_t> to_be_reported(const Message& message, ReportKind kind) {
  std::vector<std::uint32_t> numbers;
  for (const Target& target : message.record.targets) {
    const TargetState* state = message.progress.find(target.number);
    if (state == nullptr) continue;
    const auto wanted = [&](submit::Notify flag) { return (target.notify & flag) != 0; };
    const bool by_default = target.notify == submit::NotifyDefault;
    bool told = false;
    if (kind == ReportKind::Delay) {
      told = !state->finished && state->outcome == Outcome::Deferred && (by_default || wanted(submit::NotifyDelay));
    } else if (state->finished && !state->reported) {
      const bool success = state->outcome == Outcome::Delivered || state->outcome == Outcome::Relayed;
      told = success ? wanted(submit::NotifySuccess) : state->outcome == Outcome::Failed && (by_default || wanted(submit::NotifyFailure));
    }
    if (told) numbers.push_back(target.number);
  }
  return numbers;
}

Addressee addressee_of(const Message& message, ReportKind kind) {
  if (message.record.double_bounce) return Addressee::Nobody;
  if (!message.record.envelope.sender.empty()) return Addressee::Sender;
  return kind == ReportKind::Final ? Addressee::Postmaster : Addressee::Nobody;
}

bool returns_whole(const Message& message, ReportKind kind, const std::vector<std::uint32_t>& targets, const QueueSettings& settings) {
  if (kind == ReportKind::Delay) return false;
  const bool failed = std::any_of(targets.begin(), targets.end(), [&](std::uint32_t number) {
    const TargetState* state = message.progress.find(number);
    return state != nullptr && state->outcome == Outcome::Failed;
  });
  const auto limit = static_cast<std::uint64_t>(settings.dsn_limit);
  // Of an undeliverable bounce the postmaster sees all that memory allows.
  if (message.record.envelope.sender.empty()) return message.record.size <= std::max<std::uint64_t>(limit, inline_body_limit);
  return failed && message.record.size < limit && message.record.envelope.ret != submit::Return::Headers;
}

MessagePtr make_report(const Message& about, const ReportInput& input, const QueueSettings& settings) {
  const submit::Envelope& original = about.record.envelope;
  const bool to_postmaster = original.sender.empty();
  const std::string postmaster =
      settings.postmaster.find('@') == std::string::npos ? settings.postmaster + "@" + input.host_name : settings.postmaster;
  dsn::Notification n;
  n.from = from_value(settings, input.host_name, postmaster);
  n.to = to_postmaster ? postmaster : original.sender;
  n.subject = to_postmaster                     ? "NOTICE: undeliverable bounce."
              : input.kind == ReportKind::Delay ? "WARNING: delayed mail."
                                                : "NOTICE: mail delivery status.";
  n.date = rfc5322_date(input.now);
  n.message_id = "courier." + input.id + "@" + input.host_name;
  n.text = human_text(about, input, settings);
  n.original = input.original_whole ? input.original : dsn::header_of(input.original);
  n.whole = input.original_whole;
  n.global = original.smtputf8;
  n.status.original_envelope_id = original.envelope_id;
  n.status.reporting_mta = {"dns", input.host_name};
  if (const std::string from = received_from(original); !from.empty()) n.status.received_from_mta = dsn::Typed{"dns", from};
  n.status.arrival_date = rfc5322_date(WallTime{about.record.arrived_us});
  for (const std::uint32_t number : input.targets) {
    const Target* target = find_target(about, number);
    const TargetState* state = about.progress.find(number);
    if (target != nullptr && state != nullptr) {
      n.status.recipients.push_back(recipient_status(about, *target, *state, input, settings, n.global));
    }
  }

  auto report = std::make_shared<Message>();
  const auto body = std::make_shared<const SharedBytes>(dsn::write(n));
  Record& record = report->record;
  record.envelope.id = input.id;
  record.envelope.recipients.push_back({.address = n.to, .notify = submit::NotifyDefault, .original = {}});
  record.envelope.smtputf8 = n.global;
  record.envelope.eight_bit = dsn::needs_eight_bit(body->view());
  record.source = submit::Source::Dsn;
  record.arrived_us = input.now.microseconds;
  record.size = body->size();
  record.double_bounce = to_postmaster;
  record.expansions.push_back({.recipient = 0, .cursor = {}});
  report->body = body;
  report->progress.event(input.now, "made by the queue: report on " + original.id);
  return report;
}

}  // namespace courier::queue
