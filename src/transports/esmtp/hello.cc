#include "transports/esmtp/hello.h"

#include "base/encode.h"
#include "runtime/random.h"
#include "wire/sasl/client.h"
#include "wire/smtp/command.h"

namespace courier::esmtp {

namespace {

using Met = Result<void, Miss>;

Miss broke(const Session& session, const Broken& broken) { return {own_verdict(451, "4.4.2", broken.what, session.remote())}; }
Miss sent_away(const Session& session, const smtp::Reply& reply) { return {turned_away(reply, session.remote())}; }
Miss never(const Session& session, std::string_view status, std::string_view text) {
  Miss miss{own_verdict(500, status, text, session.remote())};
  miss.lasting = true;
  return miss;
}

// One greeting: what the coroutines below share.
struct Meeting {
  Session& session;
  Services& services;
  const Policy& policy;
  const Way& way;
  const Encryption& encryption;
  [[nodiscard]] Deadline patience() const { return services.loop.in(policy.settings.hello_timeout); }
};

Task<Met> hear_greeting(const Meeting& m) {
  const auto greeting = co_await m.session.reply("the connection", m.patience());
  if (!greeting) co_return fail(broke(m.session, greeting.error()));
  if (greeting->code != 220) co_return fail(sent_away(m.session, *greeting));
  co_return Met{};
}

// RFC 5321, section 4.1.4: HELO where EHLO is not known.
Task<Met> say_hello(const Meeting& m) {
  m.session.offers = {};
  auto answer = co_await m.session.ask("EHLO " + m.policy.helo_name, "EHLO", m.patience());
  if (!answer) co_return fail(broke(m.session, answer.error()));
  if (answer->code == 250) {
    m.session.offers = smtp::parse_capabilities(answer->text);
    co_return Met{};
  }
  if (answer->permanent()) {
    answer = co_await m.session.ask("HELO " + m.policy.helo_name, "HELO", m.patience());
    if (!answer) co_return fail(broke(m.session, answer.error()));
  }
  if (answer->code != 250) co_return fail(sent_away(m.session, *answer));
  co_return Met{};
}

Task<Met> shake_hands(const Meeting& m) {
  const auto secured = co_await m.session.start_tls(m.services.tls, m.encryption.client, m.patience());
  if (secured) co_return Met{};
  Miss miss{own_verdict(451, "4.7.5", "TLS failed: " + to_string(secured.error()), m.session.remote())};
  miss.tls_failed = true;
  co_return fail(std::move(miss));
}

Task<Met> encrypt(const Meeting& m) {
  if (m.way.implicit_tls || m.encryption.starttls == Encryption::Starttls::Avoid) co_return Met{};
  if (!m.session.offers.starttls) {
    if (m.encryption.needed <= TlsPolicy::May) co_return Met{};
    co_return fail(never(m.session, "5.7.10", "Unable to set minimum security level: the host does not offer STARTTLS."));
  }
  const auto answer = co_await m.session.ask("STARTTLS", "STARTTLS", m.patience());
  if (!answer) {
    Miss miss = broke(m.session, answer.error());
    miss.tls_failed = true;
    co_return fail(std::move(miss));
  }
  if (answer->code != 220) {
    Miss miss = sent_away(m.session, *answer);
    miss.tls_failed = true;
    miss.verdict.text = "STARTTLS was refused";
    co_return fail(std::move(miss));
  }
  if (auto shaken = co_await shake_hands(m); !shaken) co_return shaken;
  co_return co_await say_hello(m);
}

// RFC 4954, section 4.
Task<Met> exchange(const Meeting& m, std::string_view mechanism) {
  const bool plus = m.session.offers.offers_auth("SCRAM-SHA-256-PLUS");
  const auto client = sasl::make_client_exchange(mechanism, {m.way.login->user, m.way.login->password},
                                                 {base64_encode(random_bytes(18)), m.session.channel_binding(), plus});
  if (!client) co_return fail(never(m.session, "5.7.8", "The login cannot be used with " + std::string(mechanism) + "."));
  auto answer = co_await m.session.ask(smtp::write(smtp::AuthCommand{std::string(mechanism), client->initial()}), "AUTH", m.patience());
  while (answer && answer->code == 334) {
    const auto challenge = base64_decode(answer->text);
    auto response = challenge ? client->respond(*challenge) : Result<std::string, std::string>(fail(std::string("not base64")));
    answer = co_await m.session.ask(response ? base64_encode(*response) : "*", "AUTH", m.patience());
    if (!response && answer && answer->positive()) break;
  }
  if (!answer) co_return fail(broke(m.session, answer.error()));
  if (answer->code != 235) co_return fail(sent_away(m.session, *answer));
  if (!client->satisfied()) co_return fail(never(m.session, "5.7.8", "The relay could not prove that it knows the password."));
  co_return Met{};
}

Task<Met> sign_in(const Meeting& m) {
  if (!m.way.login) co_return Met{};
  const bool binding = !m.session.channel_binding().empty();
  const std::string_view mechanism = sasl::choose_mechanism(m.session.offers.auth, m.session.tls() != nullptr, binding);
  if (mechanism.empty()) co_return fail(never(m.session, "5.7.4", "Compatible SASL authentication not available."));
  co_return co_await exchange(m, mechanism);
}

}  // namespace

Task<Result<void, Miss>> greet(Session& session, Services& services, const Policy& policy, const Way& way, const Encryption& encryption) {
  const Meeting m{session, services, policy, way, encryption};
  if (way.implicit_tls) {
    if (auto shaken = co_await shake_hands(m); !shaken) co_return shaken;
  }
  if (auto heard = co_await hear_greeting(m); !heard) co_return heard;
  if (auto met = co_await say_hello(m); !met) co_return met;
  if (auto encrypted = co_await encrypt(m); !encrypted) co_return encrypted;
  co_return co_await sign_in(m);
}

}  // namespace courier::esmtp
