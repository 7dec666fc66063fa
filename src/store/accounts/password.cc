#include "store/accounts/password.h"

#include <argon2.h>
#include <crypt.h>

#include <memory>
#include <optional>

#include "base/check.h"
#include "base/text.h"
#include "runtime/random.h"
#include "store/accounts/digest_password.h"
#include "wire/sasl/saslprep.h"
#include "wire/sasl/scram_keys.h"

namespace courier::accounts {

namespace {

constexpr std::uint32_t scram_salt_size = 16;
constexpr std::uint32_t argon2_hash_size = 32;
constexpr std::uint32_t crypt_memory_kib = 16 * 1024;  // yescrypt at its default cost; the others need far less

std::string hash_argon2id(std::string_view password, const HashCost& cost) {
  const std::string salt = random_bytes(16);
  const auto salt_size = static_cast<std::uint32_t>(salt.size());
  std::string text(argon2_encodedlen(cost.passes, cost.memory_kib, 1, salt_size, argon2_hash_size, Argon2_id), '\0');
  CHECK(argon2id_hash_encoded(cost.passes, cost.memory_kib, 1, password.data(), password.size(), salt.data(), salt.size(), argon2_hash_size,
                              text.data(), text.size()) == ARGON2_OK);
  text.resize(text.find('\0'));
  return text;
}

// crypt(3); nothing when libc does not know the setting.
std::optional<std::string> crypt_text(std::string_view password, std::string_view setting) {
  const auto data = std::make_unique<crypt_data>();
  const std::string phrase(password);
  const char* out = crypt_r(phrase.c_str(), std::string(setting).c_str(), data.get());
  if (out == nullptr || out[0] == '*') return std::nullopt;
  return std::string(out);
}

std::string hash_yescrypt(std::string_view password) {
  const std::string random = random_bytes(16);
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  CHECK(crypt_gensalt_rn("$y$", 0, random.data(), static_cast<int>(random.size()), setting, sizeof setting) != nullptr);
  const auto text = crypt_text(password, setting);
  CHECK(text.has_value());
  return *text;
}

std::optional<argon2_type> argon2_kind(std::string_view stored) {
  if (stored.starts_with("$argon2id$")) return Argon2_id;
  if (stored.starts_with("$argon2i$")) return Argon2_i;
  if (stored.starts_with("$argon2d$")) return Argon2_d;
  return std::nullopt;
}

// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash": the number after `name`, or 0.
std::uint32_t argon2_parameter(std::string_view stored, std::string_view name) {
  for (const std::string_view part : split(stored, '$')) {
    for (const std::string_view one : split(part, ',')) {
      if (one.starts_with(name)) return to_u32(one.substr(name.size())).value_or(0);
    }
  }
  return 0;
}

std::string_view without_crypt_prefix(std::string_view stored) {
  constexpr std::string_view prefix = "{CRYPT}";
  return istarts_with(stored, prefix) ? stored.substr(prefix.size()) : stored;
}

bool verify_bytes(std::string_view stored, std::string_view password) {
  if (const auto kind = argon2_kind(stored)) {
    return argon2_verify(std::string(stored).c_str(), password.data(), password.size(), *kind) == ARGON2_OK;
  }
  if (stored.starts_with('{') && !istarts_with(stored, "{CRYPT}")) return verify_digest(stored, password);
  const std::string_view setting = without_crypt_prefix(stored);
  if (setting.empty() || password.find('\0') != std::string_view::npos) return false;
  const auto text = crypt_text(password, setting);
  return text && sasl::equal_in_constant_time(*text, setting);
}

}  // namespace

Credential make_credential(std::string_view password, const HashCost& cost) {
  const auto prepared = sasl::saslprep(password, sasl::Prepare::Query);
  Credential credential;
  const std::string_view text = prepared ? std::string_view(*prepared) : password;
  credential.password = cost.scheme == Scheme::Argon2id ? hash_argon2id(text, cost) : hash_yescrypt(text);
  if (prepared) credential.scram = sasl::write_verifier(sasl::make_scram_verifier(*prepared, random_bytes(scram_salt_size)));
  return credential;
}

bool verify_password(std::string_view stored, std::string_view password) {
  if (stored.empty() || password.empty()) return false;
  const auto prepared = sasl::saslprep(password, sasl::Prepare::Query);
  if (prepared && *prepared != password && verify_bytes(stored, *prepared)) return true;
  return verify_bytes(stored, password);
}

std::uint32_t memory_to_verify(std::string_view stored) {
  if (argon2_kind(stored)) return argon2_parameter(stored, "m=");
  if (is_digest_password(stored)) return 1;
  return crypt_memory_kib;
}

bool needs_rehash(std::string_view stored, const HashCost& cost) {
  if (cost.scheme == Scheme::Yescrypt) return !stored.starts_with("$y$");
  return !stored.starts_with("$argon2id$") || argon2_parameter(stored, "m=") < cost.memory_kib ||
         argon2_parameter(stored, "t=") < cost.passes;
}

bool is_unsalted(std::string_view stored) { return is_digest_password(stored) && !is_salted_digest(stored); }

bool is_stored_form(std::string_view stored) {
  if (argon2_kind(stored)) return argon2_parameter(stored, "m=") != 0;
  if (stored.starts_with('{') && !istarts_with(stored, "{CRYPT}")) return is_digest_password(stored);
  const std::string_view setting = without_crypt_prefix(stored);
  return setting.size() >= 13 && crypt_checksalt(std::string(setting).c_str()) != CRYPT_SALT_INVALID;
}

}  // namespace courier::accounts
