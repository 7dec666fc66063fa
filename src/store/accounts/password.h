// Stored passwords. New ones are Argon2id or yescrypt; every older form that a moved database may hold is still verified.
//
// Accepted: "$argon2id$", "$argon2i$", "$argon2d$"; whatever crypt(3) knows, bare or after {CRYPT} (yescrypt, bcrypt,
// SHA-512, SHA-256, MD5, DES); {MD5} {MD5RAW} {SHA} {SHA256} {SHA512} {SSHA} {SSHA256} {SSHA512} {SMD5}. Prefixes in any case.
// An empty stored password never matches. All functions block for as long as a hash takes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace courier::accounts {

enum class Scheme : std::uint8_t { Argon2id, Yescrypt };

struct HashCost {
  Scheme scheme = Scheme::Argon2id;
  std::uint32_t memory_kib = 19 * 1024;  // Argon2id
  std::uint32_t passes = 2;
};

// What is stored for one password. Accounts may share one.
struct Credential {
  std::string password;  // the hash
  std::string scram;     // the verifier
};
// The password is taken as SASLprep makes it (as it stands, when SASLprep refuses it; then SCRAM cannot serve it).
[[nodiscard]] Credential make_credential(std::string_view password, const HashCost& cost);

[[nodiscard]] bool verify_password(std::string_view stored, std::string_view password);
// Memory that verifying takes, in KiB.
[[nodiscard]] std::uint32_t memory_to_verify(std::string_view stored);
// The stored form is weaker than `cost` asks: hash again when the password is next seen.
[[nodiscard]] bool needs_rehash(std::string_view stored, const HashCost& cost);
// A digest that equal passwords share: the administrator is told.
[[nodiscard]] bool is_unsalted(std::string_view stored);
// It looks like one of the accepted forms.
[[nodiscard]] bool is_stored_form(std::string_view stored);

}  // namespace courier::accounts
