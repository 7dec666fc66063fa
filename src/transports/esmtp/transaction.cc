#include "transports/esmtp/transaction.h"

#include "contracts/submit.h"
#include "transports/esmtp/envelope.h"
#include "wire/smtp/data.h"

namespace courier::esmtp {

namespace {

constexpr Duration last_words = seconds(1);

// The state of one transaction. The first verdict that a recipient gets is the one that counts.
class Transaction {
 public:
  Transaction(Loop& loop, Session& session, const Letter& letter, const std::vector<std::size_t>& recipients, bool null_sender,
              Patience patience)
      : loop_(loop),
        session_(session),
        letter_(letter),
        recipients_(recipients),
        null_sender_(null_sender),
        patience_(patience),
        verdicts_(recipients.size()) {}

  Task<Posted> run();

 private:
  struct Line {
    std::string text;
    std::size_t recipient;
  };

  std::optional<Verdict> write_commands();
  Task<void> batched();
  Task<void> stepwise();
  Task<void> hear_rcpt(const Line& line);
  Task<void> finish_data();
  Task<void> send_body();
  Task<bool> send_chunks();
  void after_data(const smtp::Reply& reply);

  void settle(std::size_t recipient, Verdict verdict) {
    if (!verdicts_[recipient]) verdicts_[recipient] = std::move(verdict);
  }
  void settle_rest(const Verdict& verdict) {
    for (auto& place : verdicts_) {
      if (!place) place = verdict;
    }
  }
  void broke(const Broken& broken) { settle_rest(own_verdict(451, "4.4.2", broken.what, session_.remote())); }
  [[nodiscard]] bool any_open() const {
    for (const auto& verdict : verdicts_) {
      if (!verdict) return true;
    }
    return false;
  }
  [[nodiscard]] Deadline soon() const { return loop_.in(patience_.command); }
  [[nodiscard]] delivery::Outcome success() const {
    return session_.offers.dsn ? delivery::Outcome::Forwarded : delivery::Outcome::Relayed;
  }

  Loop& loop_;
  Session& session_;
  const Letter& letter_;
  const std::vector<std::size_t>& recipients_;
  const bool null_sender_;
  const Patience patience_;
  std::vector<std::optional<Verdict>> verdicts_;
  std::string mail_;
  std::vector<Line> rcpts_;
  bool stale_ = false;
};

std::optional<Verdict> Transaction::write_commands() {
  auto mail = mail_command(letter_, session_.offers, null_sender_);
  if (!mail) return mail.error();
  mail_ = std::move(*mail) + "\r\n";
  for (std::size_t i = 0; i < recipients_.size(); ++i) {
    auto rcpt = rcpt_command(letter_.request().recipients[recipients_[i]], session_.offers);
    if (rcpt) {
      rcpts_.push_back({std::move(*rcpt) + "\r\n", i});
    } else {
      settle(i, rcpt.error());
    }
  }
  return std::nullopt;
}

Task<Posted> Transaction::run() {
  if (auto fault = write_commands()) settle_rest(*fault);
  if (any_open()) {
    if (session_.offers.pipelining) {
      co_await batched();
    } else {
      co_await stepwise();
    }
  }
  Posted posted;
  posted.stale = stale_;
  session_.used = true;
  if (stale_) co_return posted;
  for (auto& verdict : verdicts_)
    posted.verdicts.push_back(verdict ? std::move(*verdict)
                                      : own_verdict(451, "4.3.0", "The transaction ended without an answer.", session_.remote()));
  co_return posted;
}

// RFC 2920, section 3.1: the commands in one piece, DATA the last; then as many replies.
Task<void> Transaction::batched() {
  std::string batch = std::move(mail_);
  for (const Line& line : rcpts_) batch += line.text;
  batch += "DATA\r\n";
  const auto sent = co_await session_.send(batch, soon());
  auto mail = sent ? co_await session_.reply("MAIL", soon()) : Result<smtp::Reply, Broken>(fail(sent.error()));
  if (session_.used && (!mail || mail->code == 421)) {
    stale_ = session_.ended = true;
    co_return;
  }
  if (!mail) co_return broke(mail.error());
  if (mail->code != 250) settle_rest(verdict_of(*mail, session_.remote(), delivery::Outcome::Deferred));
  for (const Line& line : rcpts_) {
    if (session_.ended) co_return;
    co_await hear_rcpt(line);
  }
  if (!session_.ended) co_await finish_data();
}

Task<void> Transaction::stepwise() {
  const auto sent = co_await session_.send(mail_, soon());
  auto mail = sent ? co_await session_.reply("MAIL", soon()) : Result<smtp::Reply, Broken>(fail(sent.error()));
  if (session_.used && (!mail || mail->code == 421)) {
    stale_ = session_.ended = true;
    co_return;
  }
  if (!mail) co_return broke(mail.error());
  if (mail->code != 250) co_return settle_rest(verdict_of(*mail, session_.remote(), delivery::Outcome::Deferred));
  session_.needs_reset = true;
  for (const Line& line : rcpts_) {
    if (session_.ended) co_return;
    if (const auto asked = co_await session_.send(line.text, soon()); !asked) co_return broke(asked.error());
    co_await hear_rcpt(line);
  }
  if (session_.ended || !any_open()) co_return;
  if (const auto asked = co_await session_.send("DATA\r\n", soon()); !asked) co_return broke(asked.error());
  co_await finish_data();
}

Task<void> Transaction::hear_rcpt(const Line& line) {
  const auto answer = co_await session_.reply("RCPT", soon());
  if (!answer) co_return broke(answer.error());
  if (answer->code == 421) co_return settle_rest(verdict_of(*answer, session_.remote(), delivery::Outcome::Deferred));
  // 251: forwarded by the server itself (RFC 5321, section 3.4).
  if (answer->code != 250 && answer->code != 251) {
    settle(line.recipient, verdict_of(*answer, session_.remote(), delivery::Outcome::Deferred));
  }
}

// The answer to DATA is due.
Task<void> Transaction::finish_data() {
  const auto answer = co_await session_.reply("DATA", soon());
  if (!answer) co_return broke(answer.error());
  if (answer->code == 354) {
    co_await send_body();
    co_return;
  }
  session_.needs_reset = true;
  settle_rest(verdict_of(*answer, session_.remote(), delivery::Outcome::Deferred));
}

Task<void> Transaction::send_body() {
  session_.needs_reset = false;
  if (!any_open()) {
    // Pipelined, and every recipient was refused: an empty message ends it (RFC 2920, section 3.1), whatever the answer.
    const auto sent = co_await session_.send(".\r\n", soon());
    if (sent) co_await session_.reply("the end of data", soon());
    co_return;
  }
  if (!co_await send_chunks()) co_return;
  const auto answer = co_await session_.reply("the end of data", soon());
  if (!answer) co_return broke(answer.error());
  after_data(*answer);
}

void Transaction::after_data(const smtp::Reply& reply) { settle_rest(verdict_of(reply, session_.remote(), success())); }

// False when the session broke; then every recipient has its verdict.
Task<bool> Transaction::send_chunks() {
  smtp::DataEncoder encoder;
  std::string buffer, out;
  for (std::uint64_t offset = 0; offset < letter_.size();) {
    const auto bytes = letter_.read(offset, buffer);
    if (!bytes || bytes->empty()) {
      // The end of the data must not be sent: the connection is cut instead.
      session_.ended = true;
      settle_rest(own_verdict(451, "4.3.0", "The message's file could not be read."));
      co_return false;
    }
    offset += bytes->size();
    out.clear();
    out.reserve(bytes->size() + bytes->size() / 16 + 8);
    encoder.feed(*bytes, out);
    if (offset >= letter_.size()) encoder.finish(out);
    const auto sent = co_await session_.send(out, loop_.in(patience_.data));
    if (sent) continue;
    // A server that has enough says so before it closes.
    const auto answer = co_await session_.reply("the data", loop_.in(last_words));
    session_.ended = true;
    if (answer && !answer->positive()) {
      after_data(*answer);
    } else {
      broke(sent.error());
    }
    co_return false;
  }
  if (letter_.size() == 0) {
    encoder.finish(out);
    const auto sent = co_await session_.send(out, loop_.in(patience_.data));
    if (!sent) broke(sent.error());
    co_return sent.has_value();
  }
  co_return true;
}

}  // namespace

std::optional<Verdict> unfit(const Letter& letter, const Session& session) {
  const smtp::Capabilities& offers = session.offers;
  if (offers.size && *offers.size != 0 && letter.size() > *offers.size) {
    return own_verdict(552, "5.3.4", "The host takes messages of up to " + std::to_string(*offers.size) + " octets.", session.remote());
  }
  if (letter.request().smtputf8 && !offers.smtputf8 && letter.eight_bit_header()) {
    return own_verdict(550, "5.6.7", "The host does not take internationalized headers (SMTPUTF8).", session.remote());
  }
  if (letter.request().eight_bit && !offers.eight_bit_mime && letter.eight_bit_body()) {
    return own_verdict(554, "5.6.3", "The host does not take 8-bit content (8BITMIME).", session.remote());
  }
  return std::nullopt;
}

Task<Posted> post(Loop& loop, Session& session, const Letter& letter, const std::vector<std::size_t>& recipients, bool null_sender,
                  Patience patience) {
  Transaction transaction(loop, session, letter, recipients, null_sender, patience);
  co_return co_await transaction.run();
}

}  // namespace courier::esmtp
