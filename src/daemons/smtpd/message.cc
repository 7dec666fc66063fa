#include "daemons/smtpd/message.h"

#include "daemons/smtpd/replies.h"
#include "rules/received.h"

namespace courier::smtpd {

namespace {

submit::Envelope envelope_of(Session& session, Mailing&& mailing) {
  submit::Envelope out;
  out.id = session.env().ids.next();
  out.sender = std::move(mailing.sender);
  out.recipients = std::move(mailing.recipients);
  out.ret = mailing.mail.ret == smtp::Return::Full      ? submit::Return::Full
            : mailing.mail.ret == smtp::Return::Headers ? submit::Return::Headers
                                                        : submit::Return::Default;
  out.envelope_id = std::move(mailing.mail.envelope_id).value_or("");
  out.smtputf8 = mailing.mail.smtputf8;
  out.eight_bit = mailing.mail.body == smtp::BodyType::EightBitMime;
  if (session.identity) out.account = session.identity->account;
  out.peer_name = session.hello.name;
  out.peer_address = session.peer_text();
  out.trace = session.name();
  return out;
}

std::string received_of(Session& session, const submit::Envelope& envelope) {
  rules::ReceivedFacts facts;
  facts.peer_name = session.hello.name;
  std::string address;
  if (!session.peer_text().empty()) address = session.peer().ip.smtp_literal();
  facts.peer_address = address;
  facts.extended = session.hello.extended;
  facts.smtputf8 = envelope.smtputf8;
  if (const TlsFacts* tls = session.stream().tls()) {
    facts.tls_version = tls->version;
    facts.tls_cipher = tls->cipher;
    facts.tls_bits = tls->bits;
  }
  if (session.identity) {
    facts.mechanism = session.identity->mechanism;
    facts.account = session.identity->account;
  }
  facts.host_name = session.env().host_name;
  facts.id = envelope.id;
  facts.at = session.env().loop.wall_now();
  return rules::received_field(facts);
}

}  // namespace

std::optional<Reply> cannot_take(const Session& session, const Mailing& mailing, Environment& environment) {
  if (mailing.recipients.empty()) return reply(554, 5, 5, 1, "No valid recipients");
  if (environment.body_bytes > static_cast<std::size_t>(session.config().settings.max_memory_for_bodies)) {
    return reply(452, 4, 3, 1, "Too many messages are coming in, try again later");
  }
  return std::nullopt;
}

std::unique_ptr<Intake> begin_message(Session& session, Mailing mailing, smtp::DataDecoder::Framing framing) {
  IntakeFacts facts;
  facts.request.envelope = envelope_of(session, std::move(mailing));
  facts.received = received_of(session, facts.request.envelope);
  facts.completes_header = session.role() != Role::Mx;
  if (session.identity && session.role() == Role::Submission && session.config().settings.check_header_from) {
    facts.from_allowed = session.identity->senders;
  }
  facts.session = session.name();
  return std::make_unique<Intake>(session.env(), session.shared_config(), std::move(facts), framing);
}

}  // namespace courier::smtpd
