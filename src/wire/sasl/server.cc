#include "wire/sasl/server.h"

#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "wire/sasl/plain.h"
#include "wire/sasl/scram_server.h"

namespace courier::sasl {

ServerAnswer ServerExchange::verifier(const ScramVerifier&) {
  CHECK(false);
  return Denied{};
}

namespace {

class PlainServer final : public ServerExchange {
 public:
  ServerAnswer respond(const std::optional<std::string>& message) override {
    if (!message) return Challenge{};
    auto plain = parse_plain(*message);
    if (!plain) return Malformed{plain.error().expected};
    return CheckPassword{std::move(plain->authorization), std::move(plain->authentication), std::move(plain->password)};
  }
};

// LOGIN was never standardised (draft-murchison-sasl-login); an initial response is taken as the user name.
class LoginServer final : public ServerExchange {
 public:
  ServerAnswer respond(const std::optional<std::string>& message) override {
    if (!message) return Challenge{"Username:"};
    if (message->empty() || message->size() > max_credential) return Malformed{"a user name and a password"};
    if (message->find('\0') != std::string::npos || !is_utf8(*message)) return Malformed{"UTF-8 without NUL"};
    if (user_.empty()) {
      user_ = *message;
      return Challenge{"Password:"};
    }
    return CheckPassword{{}, std::move(user_), *message};
  }

 private:
  std::string user_;
};

}  // namespace

std::unique_ptr<ServerExchange> make_server_exchange(std::string_view mechanism, ServerFacts facts) {
  if (mechanism == "PLAIN") return std::make_unique<PlainServer>();
  if (mechanism == "LOGIN") return std::make_unique<LoginServer>();
  if (mechanism == "SCRAM-SHA-256") return make_scram_server(std::move(facts), false);
  if (mechanism == "SCRAM-SHA-256-PLUS" && !facts.channel_binding.empty()) return make_scram_server(std::move(facts), true);
  return nullptr;
}

}  // namespace courier::sasl
