#include "daemons/queue/outcome.h"

#include <algorithm>

#include "base/text.h"
#include "daemons/queue/schedule.h"

namespace courier::queue {
namespace {

using delivery::Outcome;

constexpr std::size_t most_reply = 1000;
constexpr Duration directory_wait = minutes(1);

const char* words_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Delivered: return "delivered to ";
    case Outcome::Relayed:
    case Outcome::Forwarded: return "handed on for ";
    case Outcome::Deferred: return "deferred for ";
    case Outcome::Failed: return "failed for ";
  }
  return "";
}

std::string status_in(std::string_view reply) {
  // "550 5.1.1 No such user": the code behind the first three digits.
  if (reply.size() < 9 || reply[3] != ' ') return {};
  const std::string_view rest = reply.substr(4);
  const auto end = rest.find(' ');
  const std::string_view code = rest.substr(0, end);
  const bool plausible = code.size() >= 5 && code[1] == '.' && code.find_first_not_of("0123456789.") == std::string_view::npos;
  return plausible ? std::string(code) : std::string();
}

void finish(Message& message, const Target& target, Outcome outcome, std::string reply, std::string status) {
  TargetState& state = message.progress.at(target.number);
  state.outcome = outcome;
  state.finished = true;
  state.reply = std::move(reply);
  state.status = status.empty() ? status_in(state.reply) : std::move(status);
}

void take_one(Message& message, const Target& target, const delivery::Result& result, WallTime now) {
  TargetState& state = message.progress.at(target.number);
  state.outcome = result.outcome;
  state.finished = result.outcome != Outcome::Deferred;
  // The last answer of a host says more than that nobody could be reached since (D-18).
  if (state.finished || state.remote.empty() || !result.remote.empty()) {
    state.reply = (result.reply.empty() ? result.text : result.reply).substr(0, most_reply);
    state.status = result.status.empty() ? status_in(state.reply) : result.status;
    state.remote = result.remote;
  }
  std::string text;
  text.reserve(160);
  text.append(words_of(result.outcome)).append(target.address);
  if (!result.remote.empty()) text.append(" by ").append(result.remote);
  const std::string& said = result.reply.empty() ? result.text : result.reply;
  if (!said.empty()) text.append(": ").append(printable(said));
  message.progress.event(now, std::move(text));
}

}  // namespace

void settle(Message& message, WallTime now) {
  for (const Target& target : message.record.targets) {
    if (message.finished(target)) continue;
    if (message.progress.cancelled) {
      const std::string reason = message.progress.cancel_reason.empty() ? "Message cancelled." : message.progress.cancel_reason;
      finish(message, target, Outcome::Failed, reason, "5.7.0");
      message.progress.event(now, "cancelled for " + target.address);
    } else if (target.kind == TargetKind::Failed) {
      finish(message, target, Outcome::Failed, target.reason.empty() ? "550 5.1.1 No such user" : target.reason, {});
      message.progress.event(now, "failed for " + target.address + ": " + printable(target.reason));
    } else if (target.kind == TargetKind::Alias) {
      finish(message, target, Outcome::Relayed, "250 2.0.0 Ok - delivered to alias.", "2.0.0");
    }
  }
  if (message.progress.cancelled) message.record.expansions.clear();
}

void take_results(Message& message, const Group& group, const delivery::DeliverReply& reply, WallTime now) {
  message.progress.attempted = true;
  for (const Target& target : message.record.targets) {
    if (std::find(group.numbers.begin(), group.numbers.end(), target.number) == group.numbers.end()) continue;
    if (message.finished(target)) continue;  // by a submit that finished it meanwhile
    const auto place =
        std::find_if(reply.results.begin(), reply.results.end(), [&](const delivery::Result& r) { return r.number == target.number; });
    if (place != reply.results.end()) {
      take_one(message, target, *place, now);
    } else {
      delivery::Result silent;
      silent.text = "the transport said nothing about it";
      take_one(message, target, silent, now);
    }
  }
}

Conclusion conclude(Message& message, const Round& round, WallTime now, bool expiry_suspended, const QueueSettings& settings) {
  Conclusion end;
  Progress& progress = message.progress;
  const WallTime arrived{message.record.arrived_us};
  if (round.attempted) {
    ++progress.rounds;
    if (now >= arrived + settings.lifetime) ++progress.late_rounds;
  }
  end.finished = message.all_finished();
  if (end.finished) return end;
  if (progress.held) {
    // Until it is released.
    end.due_us = (now + days(3650)).microseconds;
    return end;
  }

  if (progress.late_rounds >= 2 && !expiry_suspended) {
    end.expired = true;
    for (const Target& target : message.record.targets) {
      if (message.finished(target)) continue;
      TargetState& state = progress.at(target.number);
      state.outcome = Outcome::Failed;
      state.finished = true;
      // The last answer stays as the diagnostic; the status says why it ends (RFC 3463, section 3.5).
      state.status = "4.4.7";
      if (state.reply.empty()) state.reply = "not delivered in time";
    }
    progress.event(now, "given up: its time is over");
    end.finished = message.all_finished();
    if (end.finished) return end;
  }
  const bool old = settings.warn_after.nanoseconds > 0 && now >= arrived + settings.warn_after;
  end.warn = old && !progress.warned;
  if (end.warn) progress.warned = true;

  Duration wait = retry_wait(std::max<std::uint32_t>(progress.rounds, 1), settings);
  if (round.unresolved && !round.attempted) wait = directory_wait;
  end.due_us = (now + wait).microseconds;
  // Nothing was tried because the site rests: then right when it has rested.
  if (!round.attempted && round.paused_until_us != 0) end.due_us = round.paused_until_us;
  if (progress.cancelled) end.due_us = now.microseconds;
  return end;
}

}  // namespace courier::queue
