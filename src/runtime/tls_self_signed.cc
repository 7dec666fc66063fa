#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "base/text.h"
#include "runtime/address.h"
#include "runtime/tls.h"
#include "runtime/tls_certificate.h"

namespace courier {

namespace {

using tls::Freed;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free>>;

constexpr long ten_years = 10L * 365 * 24 * 60 * 60;

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  CHECK(extension);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (const auto& name : names) parts.push_back((IpAddress::parse(name) ? "IP:" : "DNS:") + name);
  return join(parts, ",");
}

// RFC 5280, section 4.1.2.2: a positive integer that is not repeated.
void set_random_serial(X509* certificate) {
  unsigned char serial[16];
  CHECK(RAND_bytes(serial, sizeof serial) == 1);
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
}

}  // namespace

TlsCertificate make_self_signed(const std::vector<std::string>& names) {
  CHECK(!names.empty());
  const tls::KeyPtr key(EVP_EC_gen("P-256"));
  const tls::X509Ptr certificate(X509_new());
  CHECK(key && certificate);
  X509_set_version(certificate.get(), X509_VERSION_3);
  set_random_serial(certificate.get());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -24L * 60 * 60);  // clocks differ
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ten_years);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  // RFC 5280, appendix A.1: a common name has at most 64 characters.
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(names.front().substr(0, 64).c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), NID_subject_alt_name, alternative_names(names));
  add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
  CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

  const BioPtr chain(BIO_new(BIO_s_mem()));
  const BioPtr secret(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_X509(chain.get(), certificate.get()) == 1);
  CHECK(PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {text_of(chain.get()), text_of(secret.get())};
}

}  // namespace courier
