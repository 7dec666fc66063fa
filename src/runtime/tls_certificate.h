// Certificates and keys as OpenSSL objects. Only runtime/tls*.cc include this header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "runtime/tls.h"
#include "runtime/tls_stream.h"

namespace courier::tls {

using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;

// Every certificate in PEM text, in order. Empty when there is none or one does not parse.
[[nodiscard]] std::vector<X509Ptr> read_certificates(std::string_view pem);

// ALPN names as the wire has them: length, name, length, name (RFC 7301, section 3.1).
[[nodiscard]] std::string alpn_list(const std::vector<std::string>& names);

// Puts chain and key into `context`; checks that they belong together.
[[nodiscard]] Result<void, std::string> use_certificate(SSL_CTX* context, const TlsCertificate& certificate);

// The DNS names a certificate is for, in lower case: its subjectAltNames, or the common name when it has none (RFC 6125).
[[nodiscard]] std::vector<std::string> names_of(X509* certificate);

// A store of these roots.
[[nodiscard]] Result<StorePtr, std::string> make_store(std::string_view pem);

// The file of the system's root certificates, wherever this system keeps them; none when nowhere.
[[nodiscard]] Descriptor open_system_roots();

}  // namespace courier::tls
