#include "transports/esmtp/delivery.h"

#include <algorithm>

#include "contracts/submit.h"
#include "transports/esmtp/transaction.h"
#include "wire/text/idna.h"

namespace courier::esmtp {

namespace {

// RFC 5321, section 4.5.3.1.8: every server takes that many.
constexpr std::size_t most_recipients = 100;

class Attempt {
 public:
  Attempt(Services& services, Connections& connections, std::shared_ptr<const Policy> policy, Letter letter)
      : services_(services), connections_(connections), policy_(std::move(policy)), letter_(std::move(letter)) {}

  Task<delivery::DeliverReply> run(Deadline deadline);

 private:
  Task<bool> obtain(bool fresh, Deadline deadline);
  Task<bool> send_batch();
  Task<void> leave_clean();
  std::vector<std::size_t> next_batch(bool& null_sender) const;
  void settle(const std::vector<std::size_t>& recipients, const std::vector<Verdict>& verdicts);
  void settle_rest(const Verdict& verdict) { settle(open_, std::vector<Verdict>(open_.size(), verdict)); }
  [[nodiscard]] const delivery::Recipient& recipient(std::size_t index) const { return letter_.request().recipients[index]; }

  Services& services_;
  Connections& connections_;
  const std::shared_ptr<const Policy> policy_;
  const Letter letter_;
  Way way_;
  Connections::Lease lease_;
  std::vector<std::size_t> open_;  // recipients without a result
  delivery::DeliverReply reply_;
};

Task<delivery::DeliverReply> Attempt::run(Deadline deadline) {
  for (std::size_t i = 0; i < letter_.request().recipients.size(); ++i) open_.push_back(i);
  const std::string& site = letter_.request().site;
  const std::string domain = !site.empty() ? domain_to_ascii(site).value_or("") : open_.empty() ? "" : domain_of(recipient(0).address);
  if (domain.empty()) {
    settle_rest(own_verdict(550, "5.1.2", "The address has no domain that can be looked up."));
  } else if (letter_.damaged()) {
    settle_rest(own_verdict(451, "4.3.0", "The message's content is missing."));
  }
  way_ = policy_->way_to(domain);
  bool fresh = false;
  while (!open_.empty()) {
    if (!co_await obtain(fresh, deadline)) break;
    fresh = !co_await send_batch();  // after a kept session that had ended another kept one is not to be trusted
  }
  lease_.keep();
  lease_ = {};
  co_return std::move(reply_);
}

// A session to send on; without one every recipient has its result.
Task<bool> Attempt::obtain(bool fresh, Deadline deadline) {
  if (lease_.session() && !lease_.session()->ended && !fresh) co_return true;
  lease_ = {};
  auto lease = co_await connections_.acquire(way_.key, fresh, deadline);
  if (!lease) {
    settle_rest(own_verdict(451, "4.4.5", "Too many connections to this site."));
    co_return false;
  }
  lease_ = std::move(*lease);
  if (lease_.session()) co_return true;
  auto opened = co_await open_session(services_, *policy_, way_, letter_.request().id);
  if (!opened) {
    if (opened.error().unreachable) reply_.site_pause_ms = policy_->settings.site_pause.milliseconds();
    settle_rest(opened.error().verdict);
    co_return false;
  }
  lease_.set_session(std::move(*opened));
  co_return true;
}

// NOTIFY=NEVER cannot be said to a server without DSN: such recipients go with the null sender (RFC 3461, section 4.1),
// in a transaction of their own.
std::vector<std::size_t> Attempt::next_batch(bool& null_sender) const {
  const bool dsn = lease_.session()->offers.dsn;
  const auto never = [&](std::size_t index) { return !dsn && (recipient(index).notify & submit::NotifyNever) != 0; };
  null_sender = never(open_.front());
  std::vector<std::size_t> batch;
  for (const std::size_t index : open_) {
    if (batch.size() < most_recipients && never(index) == null_sender) batch.push_back(index);
  }
  return batch;
}

// False: the session had ended before; nothing has happened.
Task<bool> Attempt::send_batch() {
  Session& session = *lease_.session();
  if (auto fault = unfit(letter_, session)) {
    settle_rest(*fault);
    co_return true;
  }
  bool null_sender = false;
  const std::vector<std::size_t> batch = next_batch(null_sender);
  const EsmtpSettings& settings = policy_->settings;
  const Posted posted =
      co_await post(services_.loop, session, letter_, batch, null_sender, {settings.command_timeout, settings.data_timeout});
  if (posted.stale) {
    services_.probe.stale();
    co_return false;
  }
  settle(batch, posted.verdicts);
  co_await leave_clean();
  co_return true;
}

Task<void> Attempt::leave_clean() {
  Session& session = *lease_.session();
  if (session.ended || !session.needs_reset) co_return;
  const auto answer = co_await session.ask("RSET", "RSET", services_.loop.in(policy_->settings.command_timeout));
  if (!answer || answer->code != 250) session.ended = true;
  session.needs_reset = false;
}

void Attempt::settle(const std::vector<std::size_t>& recipients, const std::vector<Verdict>& verdicts) {
  const std::vector<std::size_t> settled = recipients;  // may be open_ itself
  for (std::size_t i = 0; i < settled.size(); ++i) {
    reply_.results.push_back(result_for(recipient(settled[i]).number, verdicts[i]));
    services_.probe.finished(letter_.request(), recipient(settled[i]), reply_.results.back());
  }
  std::erase_if(open_, [&](std::size_t index) { return std::find(settled.begin(), settled.end(), index) != settled.end(); });
  const bool sent = std::any_of(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) {
    return verdict.outcome == delivery::Outcome::Relayed || verdict.outcome == delivery::Outcome::Forwarded;
  });
  if (sent) services_.probe.sent_bytes(letter_.size());
}

}  // namespace

std::string domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return {};
  return domain_to_ascii(address.substr(at + 1)).value_or("");
}

Task<delivery::DeliverReply> deliver(Services& services, Connections& connections, std::shared_ptr<const Policy> policy,
                                     delivery::Deliver request, Descriptor file, Deadline deadline) {
  Attempt attempt(services, connections, std::move(policy), Letter(std::move(request), std::move(file)));
  co_return co_await attempt.run(deadline);
}

}  // namespace courier::esmtp
