// The server's side of a sign-in (RFC 4422): a pure state machine. It asks its owner for what it cannot know (is this
// password right? what is this user's verifier?) and never sees the account database.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "wire/sasl/scram_keys.h"

namespace courier::sasl {

// Send `data`; give the client's next message to respond().
struct Challenge {
  std::string data;
};
// The exchange is over but for this question, which the owner answers.
struct CheckPassword {
  std::string authorization;  // empty or equal to `user`: nobody else is to be acted for
  std::string user;
  std::string password;       // as sent
};
// The owner calls verifier(), for an unknown user with a made-up one, so that the two look alike.
struct NeedVerifier {
  std::string authorization;
  std::string user;
};
// The client has proven to be `user`. `data` goes to it first, and its answer is empty.
struct Proven {
  std::string authorization;
  std::string user;
  std::string data;
};
struct Denied {};
struct Malformed {
  const char* expected = "";
};
using ServerAnswer = std::variant<Challenge, CheckPassword, NeedVerifier, Proven, Denied, Malformed>;

class ServerExchange {
 public:
  virtual ~ServerExchange() = default;
  // The client's next message; nothing: it began without an initial response.
  [[nodiscard]] virtual ServerAnswer respond(const std::optional<std::string>& message) = 0;
  // After NeedVerifier, once.
  [[nodiscard]] virtual ServerAnswer verifier(const ScramVerifier& verifier);
};

struct ServerFacts {
  std::string nonce;            // fresh, printable ASCII without comma, at least 18 characters
  std::string channel_binding;  // "tls-exporter" bytes (RFC 9266); empty: none
  bool plus_offered = false;    // the client was offered SCRAM-SHA-256-PLUS on this connection
};

// "PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"; null for any other name, and for -PLUS without a binding.
[[nodiscard]] std::unique_ptr<ServerExchange> make_server_exchange(std::string_view mechanism, ServerFacts facts);

}  // namespace courier::sasl
