#include "daemons/auth/sign_in.h"

#include <algorithm>

#include "base/encode.h"
#include "daemons/auth/peers.h"
#include "runtime/random.h"
#include "store/accounts/shard.h"
#include "wire/sasl/saslprep.h"

namespace courier::auth {

namespace {

constexpr Duration grant_time = seconds(10);
constexpr std::int64_t ticket_life_ms = 10'000;
constexpr const char* wrong = "Wrong user name or password";

SaslReply reply_of(Step step, std::string reason) {
  SaslReply reply;
  reply.step = step;
  reply.reason = std::move(reason);
  return reply;
}

// What a user who does not exist is asked: the same salt each time, and a proof that nobody can give.
sasl::ScramVerifier made_up_verifier(const std::string& secret, const std::string& user) {
  const std::string salt = sasl::hmac_sha256(secret, "salt " + user).substr(0, 16);
  return {sasl::scram_iterations, salt, sasl::hmac_sha256(secret, "stored " + user), sasl::hmac_sha256(secret, "server " + user)};
}

}  // namespace

Task<SaslReply> SignIn::begin(std::string owner, SaslBegin request) {
  Connection* connection = find(request.connection, owner);
  if (connection == nullptr || connection->service != request.service || !may_serve(owner, request.service)) {
    parts_.probe.broke_authority(owner, "sign-in on a connection that is not its own");
    co_return reply_of(Step::Refused, "No such connection");
  }
  exchanges_.erase(connection->exchange);
  Exchange exchange;
  exchange.connection = request.connection;
  exchange.owner = owner;
  exchange.mechanism = request.mechanism;
  exchange.service = request.service;
  exchange.peer = connection->peer;
  exchange.peer_text = connection->peer_text;
  exchange.tls = request.tls;
  if (!connection->account.empty()) co_return reply_of(Step::Refused, "Signed in already");
  const auto offered = mechanisms(request.service, connection->peer, request.tls);
  const auto offers = [&](std::string_view name) { return std::ranges::find(offered, name) != offered.end(); };
  if (!offers(request.mechanism)) co_return reply_of(Step::Refused, "This mechanism is not offered here");
  if (parts_.limits.banned(connection->peer, parts_.loop.now())) co_return co_await denied(std::move(exchange), "banned");
  // "+" keeps base64 printable and free of commas, as a nonce has to be.
  exchange.machine = sasl::make_server_exchange(request.mechanism, {base64_encode(random_bytes(18)), request.channel_binding,
                                                                    offers("SCRAM-SHA-256-PLUS") && !request.channel_binding.empty()});
  if (!exchange.machine) co_return reply_of(Step::Refused, "This mechanism needs TLS channel binding");
  std::optional<std::string> initial;
  if (request.has_initial) initial = std::move(request.initial);
  auto answer = exchange.machine->respond(initial);
  co_return co_await advance(std::move(exchange), std::move(answer));
}

Task<SaslReply> SignIn::proceed(std::string owner, SaslContinue request) {
  const auto found = exchanges_.find(request.exchange);
  if (found == exchanges_.end() || found->second.owner != owner) {
    if (found != exchanges_.end()) parts_.probe.broke_authority(owner, "sign-in of " + found->second.owner);
    co_return reply_of(Step::Refused, "No such sign-in");
  }
  Exchange exchange = std::move(found->second);
  exchanges_.erase(found);
  if (request.cancel) co_return ended(exchange, Step::Denied, "Sign-in cancelled");
  if (exchange.proven) {
    if (!request.response.empty()) co_return ended(exchange, Step::Malformed, "Expected an empty response");
    AccountPtr account = exchange.account;
    co_return co_await admit(std::move(exchange), std::move(account));
  }
  auto answer = exchange.machine->respond(std::move(request.response));
  co_return co_await advance(std::move(exchange), std::move(answer));
}

Task<SaslReply> SignIn::advance(Exchange exchange, sasl::ServerAnswer answer) {
  if (const auto* question = std::get_if<sasl::NeedVerifier>(&answer)) {
    const auto verifier = co_await verifier_for(exchange, *question);
    if (!verifier) co_return ended(exchange, verifier.error(), "Temporary problem, please try again later");
    answer = exchange.machine->verifier(*verifier);
  }
  if (auto* next = std::get_if<sasl::Challenge>(&answer)) co_return challenge(std::move(exchange), std::move(next->data));
  if (auto* question = std::get_if<sasl::CheckPassword>(&answer))
    co_return co_await check_password(std::move(exchange), std::move(*question));
  if (auto* proven = std::get_if<sasl::Proven>(&answer)) {
    const bool acts_as_other = !proven->authorization.empty() && proven->authorization != proven->user;
    if (!exchange.account || acts_as_other)
      co_return co_await denied(std::move(exchange), acts_as_other ? "acting for another" : "unknown user");
    exchange.proven = true;
    co_return challenge(std::move(exchange), std::move(proven->data));
  }
  if (const auto* malformed = std::get_if<sasl::Malformed>(&answer)) {
    co_return ended(exchange, Step::Malformed, std::string("Expected ") + malformed->expected);
  }
  co_return co_await denied(std::move(exchange), "wrong password");
}

SaslReply SignIn::challenge(Exchange exchange, std::string data) {
  SaslReply reply;
  Connection* connection = find(exchange.connection, exchange.owner);
  if (connection == nullptr) return reply_of(Step::Refused, "No such connection");
  reply.step = Step::Challenge;
  reply.exchange = ++last_exchange_;
  reply.data = std::move(data);
  connection->exchange = reply.exchange;
  exchanges_[reply.exchange] = std::move(exchange);
  return reply;
}

Task<SaslReply> SignIn::check_password(Exchange exchange, sasl::CheckPassword question) {
  // RFC 4616, section 2: nobody acts for somebody else here.
  const bool acts_as_other = !question.authorization.empty() && question.authorization != question.user;
  const std::string address = parts_.store.canonical(sasl::saslprep(question.user, sasl::Prepare::Query).value_or(""));
  exchange.user = address.empty() ? question.user : address;
  const auto found = co_await parts_.store.find(address);
  if (!found.available) co_return ended(exchange, Step::Unavailable, "Temporary problem, please try again later");
  const Passwords::Outcome outcome = co_await parts_.passwords.check(found.account, std::move(question.password));
  if (outcome == Passwords::Outcome::TooBusy) co_return ended(exchange, Step::Unavailable, "Too busy, please try again later");
  if (outcome == Passwords::Outcome::Wrong) {
    co_return co_await denied(std::move(exchange), !found.account           ? "unknown user"
                                                   : found.account->enabled ? "wrong password"
                                                                            : "disabled");
  }
  if (acts_as_other) co_return co_await denied(std::move(exchange), "acting for another");
  if (accounts::is_unsalted(found.account->password)) parts_.probe.weak_password(found.account->address);
  co_return co_await admit(std::move(exchange), found.account);
}

Task<Result<sasl::ScramVerifier, Step>> SignIn::verifier_for(Exchange& exchange, const sasl::NeedVerifier& question) {
  const std::string address = parts_.store.canonical(question.user);
  exchange.user = address.empty() ? question.user : address;
  const auto found = co_await parts_.store.find(address);
  if (!found.available) co_return fail(Step::Unavailable);
  if (found.account && found.account->enabled) {
    if (auto verifier = sasl::parse_verifier(found.account->scram)) {
      exchange.account = found.account;
      co_return std::move(*verifier);
    }
  }
  co_return made_up_verifier(parts_.store.secret(), exchange.user);
}

std::string SignIn::refusal(const Exchange& exchange, const accounts::Account& account) const {
  const std::string options = accounts::merge_options(account.options, settings_.default_options);
  const char* service = exchange.service == Service::Imap ? "IMAP" : exchange.service == Service::Pop3 ? "POP3" : nullptr;
  if (service == nullptr) return {};
  const std::string name = to_string(exchange.service);
  if (accounts::option_is_on(options, "disable" + name)) return std::string(service) + " access disabled for this account.";
  if (!exchange.tls && accounts::option_is_on(options, "disableinsecure" + name)) {
    return std::string(service) + " access disabled via insecure connection.";
  }
  return {};
}

Task<SaslReply> SignIn::admit(Exchange exchange, AccountPtr account) {
  if (std::string why = refusal(exchange, *account); !why.empty()) co_return ended(exchange, Step::Refused, std::move(why));
  Connection* connection = find(exchange.connection, exchange.owner);
  if (connection == nullptr || !connection->account.empty()) co_return reply_of(Step::Refused, "No such connection");
  if (!parts_.limits.open_session(account->address, exchange.peer)) {
    co_return ended(exchange, Step::Refused, "Too many sessions of this account.");
  }
  connection->account = account->address;
  parts_.limits.succeeded(exchange.user);
  SaslReply reply;
  reply.step = Step::Success;
  reply.account = account->address;
  do reply.ticket = random_u64();
  while (reply.ticket == 0);
  if (exchange.service == Service::Submission) {
    reply.senders = co_await parts_.store.aliases_of(account->address);
    reply.senders.insert(reply.senders.begin(), account->address);
  } else {
    auto opened = co_await open_mailbox(exchange, *account, reply.ticket);
    connection = find(exchange.connection, exchange.owner);
    if (!opened || connection == nullptr) {
      if (!opened) parts_.probe.grant_failed(accounts::mailbox_of(*account, parts_.store.how().shards), opened.error());
      if (connection != nullptr) parts_.limits.close_session(std::exchange(connection->account, {}), exchange.peer);
      co_return ended(exchange, Step::Unavailable, "Temporary problem, please try again later");
    }
    connection->granted = reply.mailbox = std::move(*opened);
  }
  parts_.probe.signed_in(exchange.service, exchange.peer, account->address, exchange.mechanism, exchange.tls);
  co_return reply;
}

Task<Result<std::string, std::string>> SignIn::open_mailbox(const Exchange& exchange, const accounts::Account& account,
                                                            std::uint64_t ticket) {
  const accounts::Administration& how = parts_.store.how();
  const accounts::Place place = accounts::place_of(account, how.mail_dir);
  const std::string mailbox = accounts::mailbox_of(account, how.shards);
  const Deadline deadline = parts_.loop.in(grant_time);
  const auto there = co_await parts_.mailboxes.ensure(account, how.mail_dir, deadline);
  if (!there) co_return fail(there.error());
  mailbox::Grant grant;
  grant.ticket = ticket;
  grant.valid_ms = ticket_life_ms;
  grant.service = exchange.service;
  grant.peer = exchange.peer_text;
  grant.account = account.address;
  grant.home = place.home;
  grant.maildir = place.maildir;
  grant.quota_bytes = account.quota_bytes;
  grant.quota_messages = account.quota_messages;
  const auto granted = co_await parts_.mailboxes.grant(mailbox, std::move(grant), deadline);
  if (!granted) co_return fail(granted.error());
  co_return mailbox;
}

Task<SaslReply> SignIn::denied(Exchange exchange, std::string why) {
  bool ban = false;
  const Duration delay = parts_.limits.failed(exchange.peer, exchange.user, parts_.loop.now(), ban);
  parts_.probe.sign_in_failed(exchange.service, exchange.peer, exchange.user, exchange.mechanism, why);
  if (ban) parts_.probe.banned(exchange.peer, settings_.ban_time);
  co_await parts_.loop.sleep(delay);
  co_return reply_of(Step::Denied, wrong);
}

SaslReply SignIn::ended(const Exchange& exchange, Step step, std::string reason) {
  parts_.probe.sign_in_failed(exchange.service, exchange.peer, exchange.user, exchange.mechanism, reason);
  return reply_of(step, std::move(reason));
}

}  // namespace courier::auth
