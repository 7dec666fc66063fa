// The client's side of a sign-in: what a smarthost, a proxied server or a test is told. A pure state machine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace courier::sasl {

struct Credentials {
  std::string user;
  std::string password;
};

struct ClientFacts {
  std::string nonce;            // fresh, printable ASCII without comma, at least 18 characters
  std::string channel_binding;  // "tls-exporter" bytes; empty: none
  bool plus_offered = false;    // the server offered SCRAM-SHA-256-PLUS
};

class ClientExchange {
 public:
  virtual ~ClientExchange() = default;
  // The initial response; nothing: the mechanism waits for the server.
  [[nodiscard]] virtual std::optional<std::string> initial() = 0;
  // The answer to a challenge. The error says what is wrong with the server, for the log; the exchange is to be cancelled.
  [[nodiscard]] virtual Result<std::string, std::string> respond(std::string_view challenge) = 0;
  // The server's "success" may be believed: it has proven itself, or the mechanism has no such proof.
  [[nodiscard]] virtual bool satisfied() const = 0;
};

// Null for a mechanism that this side does not know, and for credentials it cannot carry.
[[nodiscard]] std::unique_ptr<ClientExchange> make_client_exchange(std::string_view mechanism, Credentials credentials, ClientFacts facts);

// The best of what the server offers; empty: none fits. PLAIN and LOGIN only where `encrypted` keeps the password secret.
[[nodiscard]] std::string_view choose_mechanism(const std::vector<std::string>& offered, bool encrypted, bool binding);

}  // namespace courier::sasl
