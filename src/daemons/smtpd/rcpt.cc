// RCPT (RFC 5321, section 4.1.1.3): who the recipient is, and whether mail for it is taken from this client.
#include "base/text.h"
#include "contracts/directory.h"
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

namespace {

constexpr Duration lookup_time = seconds(30);

std::optional<Reply> judge(Session& session, directory::Verdict verdict) {
  switch (verdict) {
    case directory::Verdict::One:
    case directory::Verdict::List:
    case directory::Verdict::Relayed: return std::nullopt;
    case directory::Verdict::Unknown: return reply(550, 5, 1, 1, "User unknown");
    case directory::Verdict::Foreign:
      if (session.may_relay()) return std::nullopt;
      return reply(550, 5, 7, 1, "Relaying denied");
    case directory::Verdict::Later: break;
  }
  return try_later();
}

// Mail for user@[our own address] is for that user of the default domain, which a bare local part stands for.
void drop_own_literal(const Session& session, address::Mailbox& to) {
  if (!to.is_literal()) return;
  const Endpoint local = session.stream().local();
  if (!local.is_unix() && iequals(to.domain, '[' + local.ip.smtp_literal() + ']')) to.domain.clear();
}

Task<Result<directory::Verdict, ChannelFault>> look_up(Environment& env, const std::string& address) {
  const auto found = co_await env.auth.call(directory::Lookup{address}, env.loop.in(lookup_time));
  if (!found) co_return fail(found.error());
  // An account that was just made is known at once.
  const bool changes = found->verdict == directory::Verdict::Unknown || found->verdict == directory::Verdict::Later;
  if (!changes) env.recipients.keep(address, found->verdict);
  co_return found->verdict;
}

}  // namespace

Task<Reply> rcpt(Session& session, std::string_view arguments) {
  auto& mailing = std::get<Mailing>(session.state);
  const auto utf8 = mailing.mail.smtputf8 ? address::Utf8::Yes : address::Utf8::No;
  auto command = smtp::parse_rcpt(arguments, utf8);
  if (!command) co_return syntax_reply(command.error());
  if (mailing.recipients.size() >= static_cast<std::size_t>(session.config().settings.max_recipients)) {
    co_return reply(452, 4, 5, 3, "Too many recipients");
  }
  drop_own_literal(session, command->to);
  submit::Recipient recipient{write(command->to), command->notify, std::move(command->original)};
  Environment& env = session.env();
  const directory::Verdict* known = env.recipients.find(recipient.address);
  const auto verdict = known ? Result<directory::Verdict, ChannelFault>(*known) : co_await look_up(env, recipient.address);
  if (!verdict) {
    env.probe.trouble(session.name(), "directory does not answer", to_string(verdict.error()));
    co_return try_later();
  }
  if (auto refusal = judge(session, *verdict)) co_return std::move(*refusal);
  // The state is still Mailing: only verbs change it, and this one runs.
  mailing.recipients.push_back(std::move(recipient));
  co_return reply(250, 2, 1, 5, "Ok");
}

}  // namespace courier::smtpd
