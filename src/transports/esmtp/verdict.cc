#include "transports/esmtp/verdict.h"

#include "base/text.h"

namespace courier::esmtp {

namespace {

constexpr std::size_t longest_reply = 500;

std::string cut(std::string text) {
  if (text.size() > longest_reply) text.resize(longest_reply);
  return text;
}

// RFC 3463: the host's own status, or the class of its reply code with nothing known beyond it.
std::string status_of(const smtp::Reply& reply, int kind) {
  smtp::EnhancedStatus status = reply.status.value_or(smtp::EnhancedStatus{});
  status.kind = static_cast<std::uint16_t>(kind);
  return smtp::write(status);
}

}  // namespace

Verdict own_verdict(int code, std::string_view status, std::string_view text, const std::string& host) {
  Verdict verdict;
  verdict.outcome = code >= 500 ? delivery::Outcome::Failed : delivery::Outcome::Deferred;
  verdict.reply = std::to_string(code) + " " + std::string(status) + " " + (host.empty() ? "" : host + ": ") + std::string(text);
  verdict.reply = printable(verdict.reply, longest_reply - 3);
  verdict.status = status;
  verdict.text = text;
  return verdict;
}

Verdict verdict_of(const smtp::Reply& reply, const std::string& remote, delivery::Outcome success) {
  Verdict verdict;
  const bool done = reply.code >= 200 && reply.code < 300;
  verdict.outcome = done ? success : reply.permanent() ? delivery::Outcome::Failed : delivery::Outcome::Deferred;
  verdict.reply = cut(smtp::quoted(reply));
  verdict.status = status_of(reply, done ? 2 : reply.permanent() ? 5 : 4);
  verdict.remote = remote;
  return verdict;
}

Verdict turned_away(const smtp::Reply& reply, const std::string& remote) {
  Verdict verdict = verdict_of(reply, remote, delivery::Outcome::Deferred);
  verdict.outcome = delivery::Outcome::Deferred;
  verdict.status = status_of(reply, 4);
  return verdict;
}

delivery::Result result_for(std::uint32_t recipient, const Verdict& verdict) {
  return {recipient, verdict.outcome, verdict.reply, verdict.status, verdict.remote, verdict.text};
}

}  // namespace courier::esmtp
