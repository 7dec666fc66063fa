// MAIL (RFC 5321, section 4.1.1.2).
#include "daemons/smtpd/verbs.h"
#include "rules/originator.h"

namespace courier::smtpd {

namespace {

// Submission asks who sends (RFC 6409, section 4.3).
std::optional<Reply> unauthenticated(const Session& session) {
  if (session.role() != Role::Submission || session.trusted() || session.identity) return std::nullopt;
  const smtp::Capabilities offered = session.capabilities();
  if (offered.auth.empty() && offered.starttls) return reply(530, 5, 7, 0, "STARTTLS and AUTH first");
  return reply(530, 5, 7, 0, "Authentication required");
}

}  // namespace

Reply mail(Session& session, std::string_view arguments) {
  if (auto refusal = unauthenticated(session)) return std::move(*refusal);
  auto command = smtp::parse_mail(arguments);
  if (!command) return syntax_reply(command.error());
  const SmtpdSettings& settings = session.config().settings;
  if (command->size && *command->size > static_cast<std::uint64_t>(settings.max_message_size)) return size_exceeded();
  Mailing mailing;
  if (command->from) mailing.sender = write(*command->from);
  if (session.identity && settings.check_envelope_sender && !mailing.sender.empty() &&
      !rules::may_send_as(mailing.sender, session.identity->senders)) {
    return reply(553, 5, 7, 1, "The sender address is not yours");
  }
  mailing.mail = std::move(*command);
  session.state = std::move(mailing);
  return reply(250, 2, 1, 0, "Ok");
}

}  // namespace courier::smtpd
