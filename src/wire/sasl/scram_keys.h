// SCRAM-SHA-256's keys (RFC 5802, section 3; RFC 7677).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace courier::sasl {

// What a server keeps: enough to check a client's proof and to prove itself, not enough to sign in elsewhere.
struct ScramVerifier {
  std::uint32_t iterations = 0;
  std::string salt;
  std::string stored_key;  // 32 bytes
  std::string server_key;  // 32 bytes
  bool operator==(const ScramVerifier&) const = default;
};

// RFC 7677, section 4 asks for at least 4096.
inline constexpr std::uint32_t scram_iterations = 4096;
// What a client is ready to compute, at most.
inline constexpr std::uint32_t max_scram_iterations = 1'000'000;

// `password` has been through saslprep().
[[nodiscard]] std::string salted_password(std::string_view password, std::string_view salt, std::uint32_t iterations);
[[nodiscard]] ScramVerifier make_scram_verifier(std::string_view password, std::string_view salt,
                                                std::uint32_t iterations = scram_iterations);

// "SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>", base64: the form PostgreSQL stores as well.
[[nodiscard]] std::string write_verifier(const ScramVerifier& verifier);
[[nodiscard]] std::optional<ScramVerifier> parse_verifier(std::string_view text);

[[nodiscard]] std::string sha256(std::string_view bytes);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string exclusive_or(std::string_view a, std::string_view b);
// In a time that depends on the lengths only.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace courier::sasl
