#include "wire/sasl/scram_server.h"

#include <utility>

#include "base/check.h"
#include "wire/sasl/saslprep.h"
#include "wire/sasl/scram_message.h"

namespace courier::sasl {

namespace {

class ScramServer final : public ServerExchange {
 public:
  ScramServer(ServerFacts facts, bool plus) : facts_(std::move(facts)), plus_(plus) {}

  ServerAnswer respond(const std::optional<std::string>& message) override {
    switch (state_) {
      case State::Begin:
        if (!message) return Challenge{};
        return first(*message);
      case State::Challenged: state_ = State::Done; return message ? final(*message) : ServerAnswer{Malformed{"client-final-message"}};
      case State::Asked:
      case State::Done: break;
    }
    return Malformed{"nothing more"};
  }

  ServerAnswer verifier(const ScramVerifier& verifier) override {
    CHECK(state_ == State::Asked);
    state_ = State::Challenged;
    verifier_ = verifier;
    nonce_ += facts_.nonce;
    server_first_ = write_server_first({nonce_, verifier_.salt, verifier_.iterations, {}});
    return Challenge{server_first_};
  }

 private:
  enum class State { Begin, Asked, Challenged, Done };

  ServerAnswer first(const std::string& message) {
    state_ = State::Done;
    auto parsed = parse_client_first(message);
    if (!parsed) return Malformed{parsed.error().expected};
    // A client that believes -PLUS was not offered, when it was: somebody in between took it out of the list
    // (RFC 5802, section 6).
    if (parsed->flag == BindingFlag::NotOffered && facts_.plus_offered) return Denied{};
    if ((parsed->flag == BindingFlag::Used) != plus_) return Malformed{"a channel binding flag that fits the mechanism"};
    if (plus_ && parsed->binding_name != "tls-exporter") return Malformed{"channel binding tls-exporter"};
    const auto user = saslprep(parsed->user, Prepare::Query);
    if (!user || user->empty()) return Malformed{"a user name that SASLprep allows"};
    gs2_header_ = gs2_header(message);
    client_first_bare_ = client_first_bare(message);
    nonce_ = std::move(parsed->nonce);
    authorization_ = std::move(parsed->authorization);
    user_ = *user;
    state_ = State::Asked;
    return NeedVerifier{authorization_, user_};
  }

  ServerAnswer final(const std::string& message) {
    const auto parsed = parse_client_final(message);
    if (!parsed) return Malformed{parsed.error().expected};
    if (parsed->nonce != nonce_) return Malformed{"the nonce of this exchange"};
    const std::string binding = plus_ ? gs2_header_ + facts_.channel_binding : gs2_header_;
    if (!equal_in_constant_time(parsed->binding, binding)) return Denied{};
    // AuthMessage := client-first-message-bare "," server-first-message "," client-final-message-without-proof
    const std::string auth_message = client_first_bare_ + ',' + server_first_ + ',' + std::string(client_final_without_proof(message));
    const std::string signature = hmac_sha256(verifier_.stored_key, auth_message);
    if (parsed->proof.size() != signature.size()) return Denied{};
    const std::string client_key = exclusive_or(parsed->proof, signature);
    if (!equal_in_constant_time(sha256(client_key), verifier_.stored_key)) return Denied{};
    return Proven{authorization_, user_, write_server_final({{}, hmac_sha256(verifier_.server_key, auth_message), {}})};
  }

  ServerFacts facts_;
  bool plus_;
  State state_ = State::Begin;
  ScramVerifier verifier_;
  std::string gs2_header_, client_first_bare_, server_first_, nonce_, authorization_, user_;
};

}  // namespace

std::unique_ptr<ServerExchange> make_scram_server(ServerFacts facts, bool plus) {
  return std::make_unique<ScramServer>(std::move(facts), plus);
}

}  // namespace courier::sasl
