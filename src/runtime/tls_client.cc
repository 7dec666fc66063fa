#include <unistd.h>

#include <map>

#include <openssl/x509v3.h>

#include "base/check.h"
#include "runtime/address.h"
#include "runtime/tls.h"
#include "runtime/tls_certificate.h"
#include "runtime/tls_stream.h"

namespace courier {

namespace {

using Verify = TlsClientSettings::Verify;

constexpr std::size_t most_sessions = 2000;
constexpr std::size_t most_stores = 8;

class TlsClient final : public TlsClientContext {
 public:
  TlsClient();
  Task<IoResult<StreamPtr>> connect(StreamPtr plain, TlsClientSettings settings, Deadline deadline) override;

 private:
  using SessionPtr = std::unique_ptr<SSL_SESSION, tls::Freed<SSL_SESSION_free>>;

  Result<void, std::string> prepare(SSL* ssl, const TlsClientSettings& settings);
  Result<void, std::string> prepare_name(SSL* ssl, const TlsClientSettings& settings);
  static Result<void, std::string> prepare_dane(SSL* ssl, const TlsClientSettings& settings);
  Result<X509_STORE*, std::string> store_of(const std::string& trust_pem);
  std::string system_roots() const;
  [[nodiscard]] SSL_CTX* context();
  static int new_session(SSL* ssl, SSL_SESSION* session);

  Descriptor system_roots_;                          // opened before a sandbox closes, read when first needed
  tls::SslContextPtr context_;                       // made when first needed
  std::map<std::string, tls::StorePtr> stores_;      // by their text; empty: the system's
  std::map<std::string, SessionPtr> sessions_;
};

// Sessions of one way of checking are not used for another.
std::string session_key(const TlsClientSettings& settings) {
  if (settings.verify == Verify::Dane || settings.server_name.empty()) return {};
  const bool named = settings.verify == Verify::Name;
  return settings.server_name + (named ? " verified " + std::to_string(std::hash<std::string>()(settings.trust_pem)) : "");
}

// What OpenSSL's own settings (openssl.cnf) ask for is read and loaded now.
TlsClient::TlsClient() : system_roots_(tls::open_system_roots()) { OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr); }

SSL_CTX* TlsClient::context() {
  if (context_) return context_.get();
  context_.reset(SSL_CTX_new(TLS_client_method()));
  CHECK(context_);
  tls::set_common_options(context_.get());
  SSL_CTX_set_app_data(context_.get(), this);
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_.get(), new_session);
  CHECK(SSL_CTX_dane_enable(context_.get()) == 1);
  return context_.get();
}

int TlsClient::new_session(SSL* ssl, SSL_SESSION* session) {
  const auto& stream = *static_cast<tls::TlsStream*>(SSL_get_app_data(ssl));
  if (stream.session_key.empty()) return 0;
  auto& sessions = static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->sessions_;
  if (sessions.size() >= most_sessions && !sessions.contains(stream.session_key)) sessions.erase(sessions.begin());
  sessions[stream.session_key].reset(session);
  return 1;  // the reference is ours now
}

Task<IoResult<StreamPtr>> TlsClient::connect(StreamPtr plain, TlsClientSettings settings, Deadline deadline) {
  tls::SslPtr ssl(SSL_new(context()));
  CHECK(ssl);
  SSL_set_connect_state(ssl.get());
  if (auto ready = prepare(ssl.get(), settings); !ready) co_return fail(IoError{IoFault::Untrusted, 0, ready.error()});
  std::string key = session_key(settings);
  if (const auto known = sessions_.find(key); known != sessions_.end()) {
    if (SSL_SESSION_is_resumable(known->second.get()) == 1) SSL_set_session(ssl.get(), known->second.get());
  }
  auto stream = std::make_unique<tls::TlsStream>(std::move(plain), std::move(ssl));
  stream->session_key = key;
  if (auto shaken = co_await stream->handshake(deadline); !shaken) {
    sessions_.erase(key);
    co_return fail(shaken.error());
  }
  co_return StreamPtr(std::move(stream));
}

Result<void, std::string> TlsClient::prepare(SSL* ssl, const TlsClientSettings& settings) {
  // RFC 6066, section 3: a literal address is no server name.
  if (!settings.server_name.empty() && !IpAddress::parse(settings.server_name)) {
    SSL_set_tlsext_host_name(ssl, settings.server_name.c_str());
  }
  if (const std::string alpn = tls::alpn_list(settings.alpn); !alpn.empty()) {
    SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(alpn.data()), static_cast<unsigned>(alpn.size()));
  }
  switch (settings.verify) {
    case Verify::None:
      SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
      SSL_set_security_level(ssl, 1);  // weak keys are better than none
      return {};
    case Verify::Name: return prepare_name(ssl, settings);
    case Verify::Dane: return prepare_dane(ssl, settings);
  }
  return {};
}

Result<void, std::string> TlsClient::prepare_name(SSL* ssl, const TlsClientSettings& settings) {
  if (settings.server_name.empty()) return fail(std::string("no name to check the certificate against"));
  auto store = store_of(settings.trust_pem);
  if (!store) return fail(store.error());
  SSL_set1_verify_cert_store(ssl, *store);
  SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = IpAddress::parse(settings.server_name)
                       ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), settings.server_name.c_str()) == 1
                       : SSL_set1_host(ssl, settings.server_name.c_str()) == 1;
  if (!set) return fail("server name: " + tls::openssl_errors());
  return {};
}

// RFC 7672, section 3.1: for SMTP only DANE-TA(2) and DANE-EE(3) are usable. Records of which none is usable say "TLS,
// whoever answers" (section 2.2).
Result<void, std::string> TlsClient::prepare_dane(SSL* ssl, const TlsClientSettings& settings) {
  if (SSL_dane_enable(ssl, settings.server_name.c_str()) != 1) return fail("DANE: " + tls::openssl_errors());
  SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  int usable = 0;
  for (const auto& record : settings.dane) {
    if (record.size() < 4) continue;
    const auto* bytes = reinterpret_cast<const unsigned char*>(record.data());
    if (bytes[0] != 2 && bytes[0] != 3) continue;
    if (SSL_dane_tlsa_add(ssl, bytes[0], bytes[1], bytes[2], bytes + 3, record.size() - 3) > 0) ++usable;
  }
  const std::string ignored = tls::openssl_errors();
  SSL_set_verify(ssl, usable > 0 ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  return {};
}

std::string TlsClient::system_roots() const {
  std::string text;
  char piece[16 * 1024];
  for (ssize_t n = 0; (n = ::pread(system_roots_.get(), piece, sizeof piece, static_cast<off_t>(text.size()))) > 0;) {
    text.append(piece, static_cast<std::size_t>(n));
  }
  return text;
}

Result<X509_STORE*, std::string> TlsClient::store_of(const std::string& trust_pem) {
  if (const auto known = stores_.find(trust_pem); known != stores_.end()) return known->second.get();
  auto store = tls::make_store(trust_pem.empty() ? system_roots() : trust_pem);
  if (!store) return fail(store.error());
  if (stores_.size() >= most_stores) stores_.erase(stores_.begin());
  return (stores_[trust_pem] = std::move(*store)).get();
}

}  // namespace

Result<std::unique_ptr<TlsClientContext>, std::string> make_tls_client(Loop&) { return std::make_unique<TlsClient>(); }

}  // namespace courier
