// AUTH (RFC 4954): carries the exchange between the client and auth, which alone knows what it means.
#include "daemons/smtpd/verbs.h"

#include "base/encode.h"
#include "base/text.h"

namespace courier::smtpd {

namespace {

constexpr std::size_t longest_response = 12288;  // RFC 4954, section 4
constexpr Duration auth_time = seconds(60);

Reply outcome_reply(Session& session, const std::string& mechanism, const auth::SaslReply& outcome) {
  if (outcome.step == auth::Step::Success) {
    session.env().probe.signed_in(session.name(), mechanism, outcome.account);
    session.identity = Identity{outcome.account, mechanism, outcome.senders};
    return reply(235, 2, 7, 0, "Ok");
  }
  session.env().probe.sign_in_failed(session.name(), mechanism, session.peer_text(), outcome.reason);
  switch (outcome.step) {
    case auth::Step::Malformed: return reply(501, 5, 5, 2, "Authentication message malformed");
    case auth::Step::Unavailable: return reply(454, 4, 7, 0, "Temporary authentication failure");
    case auth::Step::Refused: return reply(535, 5, 7, 8, "Authentication refused for this account or mechanism");
    default: return reply(535, 5, 7, 8, "Authentication failed");
  }
}

Reply no_answer(Session& session, ChannelFault fault) {
  session.env().probe.trouble(session.name(), "auth does not answer", to_string(fault));
  return reply(454, 4, 7, 0, "Temporary authentication failure");
}

// Lets auth forget an exchange whose client will not finish it.
Task<> cancel(Session& session, std::uint64_t exchange) {
  (void)co_await session.env().auth.call(auth::SaslContinue{exchange, true, {}}, session.env().loop.in(auth_time));
}

// Challenges and responses until there is an outcome.
Task<Reply> converse(Session& session, const std::string mechanism, auth::SaslReply step) {
  while (step.step == auth::Step::Challenge) {
    if (!co_await session.say({334, {}, base64_encode(step.data)})) co_return session.end_with(InputFault::Closed);
    const auto line = co_await session.next_line(longest_response);
    if (!line) {
      const InputFault fault = line.error();
      co_await cancel(session, step.exchange);
      co_return session.end_with(fault);
    }
    auto response = base64_decode(*line);
    if (!response) {
      const bool given_up = *line == "*";
      co_await cancel(session, step.exchange);
      co_return given_up ? reply(501, 5, 7, 0, "Authentication cancelled") : reply(501, 5, 5, 2, "Syntax error: expected base64");
    }
    auto next =
        co_await session.env().auth.call(auth::SaslContinue{step.exchange, false, std::move(*response)}, session.env().loop.in(auth_time));
    if (!next) co_return no_answer(session, next.error());
    step = std::move(*next);
  }
  co_return outcome_reply(session, mechanism, step);
}

}  // namespace

Task<Reply> auth(Session& session, std::string_view arguments) {
  if (session.identity) co_return bad_sequence("Authenticated already");
  auto command = smtp::parse_auth(arguments);
  if (!command) co_return syntax_reply(command.error());
  const smtp::Capabilities offered = session.capabilities();
  if (!offered.offers_auth(command->mechanism)) {
    if (offered.starttls && offered.auth.empty()) co_return reply(538, 5, 7, 11, "STARTTLS first");
    co_return reply(504, 5, 5, 4, "Mechanism not offered");
  }
  if (!session.trusted() && !session.known_to_auth()) {
    if (auto refusal = co_await session.ask_leave()) {
      session.close_after();
      co_return std::move(*refusal);
    }
  }
  auth::SaslBegin begin;
  begin.connection = session.connection();
  begin.service = session.role() == Role::Mx ? auth::Service::Smtp : auth::Service::Submission;
  begin.mechanism = command->mechanism;
  begin.has_initial = command->initial.has_value();
  begin.initial = command->initial.value_or("");
  begin.tls = session.stream().tls() != nullptr;
  begin.channel_binding = session.stream().channel_binding();
  auto step = co_await session.env().auth.call(begin, session.env().loop.in(auth_time));
  if (!step) co_return no_answer(session, step.error());
  co_return co_await converse(session, command->mechanism, std::move(*step));
}

}  // namespace courier::smtpd
