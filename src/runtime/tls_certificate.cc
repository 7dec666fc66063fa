#include "runtime/tls_certificate.h"

#include <fcntl.h>

#include <cstdlib>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/text.h"

namespace courier::tls {

namespace {

using BioPtr = std::unique_ptr<BIO, Freed<BIO_free>>;

BioPtr text_bio(std::string_view text) { return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// Keys with a passphrase are not ours to ask for.
int no_passphrase(char*, int, int, void*) { return 0; }

}  // namespace

std::vector<X509Ptr> read_certificates(std::string_view pem) {
  std::vector<X509Ptr> certificates;
  const BioPtr bio = text_bio(pem);
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string errors = openssl_errors();
  if (!ended) certificates.clear();
  return certificates;
}

std::string alpn_list(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += static_cast<char>(name.size()) + name;
  return list;
}

Result<void, std::string> use_certificate(SSL_CTX* context, const TlsCertificate& certificate) {
  const auto chain = read_certificates(certificate.chain_pem);
  if (chain.empty()) return fail(std::string("no certificate in the chain file"));
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) return fail("certificate: " + openssl_errors());
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return fail("certificate chain: " + openssl_errors());
  }
  const BioPtr bio = text_bio(certificate.key_pem);
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return fail("private key: " + openssl_errors());
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return fail("private key: " + openssl_errors());
  if (SSL_CTX_check_private_key(context) != 1) return fail("private key and certificate: " + openssl_errors());
  return {};
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  auto* alternatives = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, i);
    if (name->type != GEN_DNS) continue;
    names.push_back(to_lower({reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                              static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}));
  }
  const bool any = alternatives != nullptr;
  GENERAL_NAMES_free(alternatives);
  if (any) return names;
  char common[256] = {};
  if (X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, common, sizeof common) > 0) {
    names.push_back(to_lower(common));
  }
  return names;
}

Result<StorePtr, std::string> make_store(std::string_view pem) {
  const auto roots = read_certificates(pem);
  if (roots.empty()) return fail(std::string("no root certificates"));
  StorePtr store(X509_STORE_new());
  for (const auto& root : roots) {
    if (X509_STORE_add_cert(store.get(), root.get()) != 1) return fail("root certificates: " + openssl_errors());
  }
  return store;
}

Descriptor open_system_roots() {
  const char* from_environment = std::getenv("SSL_CERT_FILE");
  for (const char* path : {from_environment, X509_get_default_cert_file(), "/etc/ssl/certs/ca-certificates.crt",
                           "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem", "/usr/local/share/certs/ca-root-nss.crt"}) {
    if (!path) continue;
    if (Descriptor file(::open(path, O_RDONLY | O_CLOEXEC)); file) return file;
  }
  return {};
}

}  // namespace courier::tls
