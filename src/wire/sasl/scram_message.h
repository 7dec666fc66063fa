// The four messages of SCRAM (RFC 5802, section 7), as values. Salt, binding, proof and signature are raw bytes here and
// base64 on the wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/sasl/syntax.h"

namespace courier::sasl {

// gs2-cbind-flag: what the client says about channel binding.
enum class BindingFlag {
  None,         // "n": the client cannot
  NotOffered,   // "y": it could, but believes the server cannot
  Used,         // "p=NAME"
};

struct ClientFirst {
  BindingFlag flag = BindingFlag::None;
  std::string binding_name;   // with Used: "tls-exporter"
  std::string authorization;  // empty: none
  std::string user;
  std::string nonce;
  std::string extensions;     // as sent, "x=1,y=2"; empty: none
  bool operator==(const ClientFirst&) const = default;
};
[[nodiscard]] Parsed<ClientFirst> parse_client_first(std::string_view message);
[[nodiscard]] std::string write_client_first(const ClientFirst& message);
// The gs2-header, up to and with its second comma, and what follows it. `message` has been parsed.
[[nodiscard]] std::string_view gs2_header(std::string_view message);
[[nodiscard]] std::string_view client_first_bare(std::string_view message);

struct ServerFirst {
  std::string nonce;
  std::string salt;
  std::uint32_t iterations = 0;
  std::string extensions;
  bool operator==(const ServerFirst&) const = default;
};
[[nodiscard]] Parsed<ServerFirst> parse_server_first(std::string_view message);
[[nodiscard]] std::string write_server_first(const ServerFirst& message);

struct ClientFinal {
  std::string binding;     // gs2-header, then the channel's bytes
  std::string nonce;
  std::string extensions;
  std::string proof;
  bool operator==(const ClientFinal&) const = default;
};
[[nodiscard]] Parsed<ClientFinal> parse_client_final(std::string_view message);
[[nodiscard]] std::string write_client_final(const ClientFinal& message);
// What comes before ",p=". `message` has been parsed.
[[nodiscard]] std::string_view client_final_without_proof(std::string_view message);

struct ServerFinal {
  std::string error;       // not empty: the server refuses, in the words of server-error-value
  std::string signature;   // else its proof
  std::string extensions;
  bool operator==(const ServerFinal&) const = default;
};
[[nodiscard]] Parsed<ServerFinal> parse_server_final(std::string_view message);
[[nodiscard]] std::string write_server_final(const ServerFinal& message);

}  // namespace courier::sasl
