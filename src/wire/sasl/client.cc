#include "wire/sasl/client.h"

#include <algorithm>
#include <utility>

#include "wire/sasl/plain.h"
#include "wire/sasl/saslprep.h"
#include "wire/sasl/scram_keys.h"
#include "wire/sasl/scram_message.h"

namespace courier::sasl {

namespace {

class PlainClient final : public ClientExchange {
 public:
  explicit PlainClient(Credentials credentials) : credentials_(std::move(credentials)) {}
  std::optional<std::string> initial() override { return write_plain({{}, credentials_.user, credentials_.password}); }
  Result<std::string, std::string> respond(std::string_view) override { return fail(std::string("a challenge after PLAIN")); }
  bool satisfied() const override { return true; }

 private:
  Credentials credentials_;
};

class LoginClient final : public ClientExchange {
 public:
  explicit LoginClient(Credentials credentials) : credentials_(std::move(credentials)) {}
  std::optional<std::string> initial() override { return std::nullopt; }
  // Servers word their prompts differently: the order is what counts.
  Result<std::string, std::string> respond(std::string_view) override {
    switch (asked_++) {
      case 0: return credentials_.user;
      case 1: return credentials_.password;
      default: return fail(std::string("a third challenge in LOGIN"));
    }
  }
  bool satisfied() const override { return asked_ >= 2; }

 private:
  Credentials credentials_;
  int asked_ = 0;
};

class ScramClient final : public ClientExchange {
 public:
  ScramClient(Credentials credentials, ClientFacts facts, bool plus) : credentials_(std::move(credentials)), facts_(std::move(facts)) {
    first_.flag = plus                             ? BindingFlag::Used
                  : facts_.channel_binding.empty() ? BindingFlag::None
                  : facts_.plus_offered            ? BindingFlag::None
                                                   : BindingFlag::NotOffered;
    if (plus) first_.binding_name = "tls-exporter";
    first_.user = credentials_.user;
    first_.nonce = facts_.nonce;
  }

  std::optional<std::string> initial() override { return write_client_first(first_); }

  Result<std::string, std::string> respond(std::string_view challenge) override {
    switch (state_) {
      case State::First: return final(challenge);
      case State::Final: return check(challenge);
      case State::Proven: break;
    }
    return fail(std::string("a challenge after SCRAM's last"));
  }
  bool satisfied() const override { return state_ == State::Proven; }

 private:
  enum class State { First, Final, Proven };

  Result<std::string, std::string> final(std::string_view challenge) {
    const auto parsed = parse_server_first(challenge);
    if (!parsed) return fail(std::string("SCRAM server-first-message: expected ") + parsed.error().expected);
    if (!parsed->nonce.starts_with(facts_.nonce) || parsed->nonce == facts_.nonce) {
      return fail(std::string("SCRAM: not an answer to our nonce"));
    }
    if (parsed->iterations < scram_iterations || parsed->iterations > max_scram_iterations) {
      return fail(std::string("SCRAM: the iteration count is out of bounds"));
    }
    const std::string message = write_client_first(first_);
    std::string binding(gs2_header(message));
    if (first_.flag == BindingFlag::Used) binding += facts_.channel_binding;
    ClientFinal final{std::move(binding), parsed->nonce, {}, {}};
    // Any proof serves to write what comes before it.
    final.proof = "p";
    const std::string without_proof(client_final_without_proof(write_client_final(final)));
    auth_message_ = std::string(client_first_bare(message)) + ',' + std::string(challenge) + ',' + without_proof;
    const std::string salted = salted_password(credentials_.password, parsed->salt, parsed->iterations);
    const std::string client_key = hmac_sha256(salted, "Client Key");
    server_key_ = hmac_sha256(salted, "Server Key");
    final.proof = exclusive_or(client_key, hmac_sha256(sha256(client_key), auth_message_));
    state_ = State::Final;
    return write_client_final(final);
  }

  Result<std::string, std::string> check(std::string_view challenge) {
    const auto parsed = parse_server_final(challenge);
    if (!parsed) return fail(std::string("SCRAM server-final-message: expected ") + parsed.error().expected);
    if (!parsed->error.empty()) return fail("SCRAM: the server says " + parsed->error);
    if (!equal_in_constant_time(parsed->signature, hmac_sha256(server_key_, auth_message_))) {
      return fail(std::string("SCRAM: the server does not know the password"));
    }
    state_ = State::Proven;
    return std::string();
  }

  Credentials credentials_;
  ClientFacts facts_;
  ClientFirst first_;
  State state_ = State::First;
  std::string auth_message_, server_key_;
};

}  // namespace

std::unique_ptr<ClientExchange> make_client_exchange(std::string_view mechanism, Credentials credentials, ClientFacts facts) {
  const bool plus = mechanism == "SCRAM-SHA-256-PLUS";
  auto user = saslprep(credentials.user, Prepare::Query);
  auto password = saslprep(credentials.password, Prepare::Query);
  if (!user || user->empty() || !password || password->empty()) return nullptr;
  Credentials prepared{std::move(*user), std::move(*password)};
  if (mechanism == "PLAIN") return std::make_unique<PlainClient>(std::move(prepared));
  if (mechanism == "LOGIN") return std::make_unique<LoginClient>(std::move(prepared));
  if (mechanism == "SCRAM-SHA-256" || (plus && !facts.channel_binding.empty())) {
    return std::make_unique<ScramClient>(std::move(prepared), std::move(facts), plus);
  }
  return nullptr;
}

std::string_view choose_mechanism(const std::vector<std::string>& offered, bool encrypted, bool binding) {
  const auto has = [&](std::string_view name) { return std::ranges::find(offered, name) != offered.end(); };
  if (binding && has("SCRAM-SHA-256-PLUS")) return "SCRAM-SHA-256-PLUS";
  if (has("SCRAM-SHA-256")) return "SCRAM-SHA-256";
  if (encrypted && has("PLAIN")) return "PLAIN";
  if (encrypted && has("LOGIN")) return "LOGIN";
  return {};
}

}  // namespace courier::sasl
