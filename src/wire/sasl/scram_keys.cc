#include "wire/sasl/scram_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/text.h"

namespace courier::sasl {

namespace {
constexpr std::size_t key_size = 32;
const unsigned char* as_bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* as_bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
}  // namespace

std::string sha256(std::string_view bytes) {
  std::string digest(key_size, '\0');
  SHA256(as_bytes(bytes), bytes.size(), as_bytes(digest));
  return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string digest(key_size, '\0');
  unsigned length = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_bytes(bytes), bytes.size(), as_bytes(digest), &length) != nullptr);
  return digest;
}

std::string exclusive_or(std::string_view a, std::string_view b) {
  CHECK(a.size() == b.size());
  std::string out(a);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ b[i]);
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string salted_password(std::string_view password, std::string_view salt, std::uint32_t iterations) {
  std::string key(key_size, '\0');
  CHECK(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), as_bytes(salt), static_cast<int>(salt.size()),
                          static_cast<int>(iterations), EVP_sha256(), static_cast<int>(key_size), as_bytes(key)) == 1);
  return key;
}

ScramVerifier make_scram_verifier(std::string_view password, std::string_view salt, std::uint32_t iterations) {
  const std::string salted = salted_password(password, salt, iterations);
  return {iterations, std::string(salt), sha256(hmac_sha256(salted, "Client Key")), hmac_sha256(salted, "Server Key")};
}

std::string write_verifier(const ScramVerifier& verifier) {
  return "SCRAM-SHA-256$" + std::to_string(verifier.iterations) + ':' + base64_encode(verifier.salt) + '$' +
         base64_encode(verifier.stored_key) + ':' + base64_encode(verifier.server_key);
}

std::optional<ScramVerifier> parse_verifier(std::string_view text) {
  const auto parts = split(text, '$');
  if (parts.size() != 3 || parts[0] != "SCRAM-SHA-256") return std::nullopt;
  const auto cost = split(parts[1], ':');
  const auto keys = split(parts[2], ':');
  if (cost.size() != 2 || keys.size() != 2) return std::nullopt;
  const auto iterations = to_u32(cost[0]);
  const auto salt = base64_decode(cost[1]);
  const auto stored = base64_decode(keys[0]);
  const auto server = base64_decode(keys[1]);
  if (!iterations || *iterations == 0 || *iterations > max_scram_iterations || !salt || salt->empty() || !stored ||
      stored->size() != key_size || !server || server->size() != key_size) {
    return std::nullopt;
  }
  return ScramVerifier{*iterations, *salt, *stored, *server};
}

}  // namespace courier::sasl
