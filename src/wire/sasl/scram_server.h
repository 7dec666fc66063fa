// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, the server's side (RFC 5802, RFC 7677). See server.h.
#pragma once

#include <memory>

#include "wire/sasl/server.h"

namespace courier::sasl {

// `plus`: the client chose the mechanism with channel binding.
[[nodiscard]] std::unique_ptr<ServerExchange> make_scram_server(ServerFacts facts, bool plus);

}  // namespace courier::sasl
