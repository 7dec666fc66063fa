#include "store/accounts/digest_password.h"

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>

#include "base/encode.h"
#include "base/text.h"
#include "wire/sasl/scram_keys.h"

namespace courier::accounts {

namespace {

struct DigestScheme {
  const char* prefix;
  const EVP_MD* (*digest)();
  bool salted;
  bool hex;
};
constexpr DigestScheme schemes[] = {
    {"{MD5}", EVP_md5, false, false},       {"{MD5RAW}", EVP_md5, false, true},     {"{SHA}", EVP_sha1, false, false},
    {"{SHA256}", EVP_sha256, false, false}, {"{SHA512}", EVP_sha512, false, false}, {"{SMD5}", EVP_md5, true, false},
    {"{SSHA}", EVP_sha1, true, false},      {"{SSHA256}", EVP_sha256, true, false}, {"{SSHA512}", EVP_sha512, true, false},
};

const DigestScheme* scheme_of(std::string_view stored) {
  for (const DigestScheme& scheme : schemes) {
    if (istarts_with(stored, scheme.prefix)) return &scheme;
  }
  return nullptr;
}

std::string digest_of(const EVP_MD* algorithm, std::string_view password, std::string_view salt) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), password.data(), password.size()) != 1 ||
      EVP_DigestUpdate(context.get(), salt.data(), salt.size()) != 1 || EVP_DigestFinal_ex(context.get(), out, &length) != 1) {
    return {};
  }
  return {reinterpret_cast<const char*>(out), length};
}

}  // namespace

bool is_digest_password(std::string_view stored) { return scheme_of(stored) != nullptr; }

bool is_salted_digest(std::string_view stored) {
  const DigestScheme* scheme = scheme_of(stored);
  return scheme != nullptr && scheme->salted;
}

bool verify_digest(std::string_view stored, std::string_view password) {
  const DigestScheme* scheme = scheme_of(stored);
  if (scheme == nullptr) return false;
  const std::string_view text = stored.substr(std::string_view(scheme->prefix).size());
  const auto bytes = scheme->hex ? hex_decode(to_lower(text)) : base64_decode(text);
  const auto size = static_cast<std::size_t>(EVP_MD_get_size(scheme->digest()));
  // Any length of salt; the original took the last four bytes only.
  if (!bytes || bytes->size() < size || (bytes->size() > size) != scheme->salted) return false;
  const std::string_view salt = std::string_view(*bytes).substr(size);
  return sasl::equal_in_constant_time(digest_of(scheme->digest(), password, salt), std::string_view(*bytes).substr(0, size));
}

}  // namespace courier::accounts
