#include <cstring>
#include <map>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "base/check.h"
#include "base/text.h"
#include "runtime/random.h"
#include "runtime/tls.h"
#include "runtime/tls_certificate.h"
#include "runtime/tls_stream.h"

namespace courier {

namespace {

constexpr long session_seconds = 4 * 60 * 60;
// How a ticket key is divided.
constexpr std::size_t name_size = 16, mac_size = 32, cipher_size = 32;
constexpr std::size_t key_size = name_size + mac_size + cipher_size;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

class TlsServer final : public TlsServerContext {
 public:
  Result<void, std::string> set_up(const TlsServerSettings& settings);
  void set_ticket_keys(const TicketKeys& keys) override;
  Task<IoResult<StreamPtr>> accept(StreamPtr plain, Deadline deadline) override;

 private:
  Result<tls::SslContextPtr, std::string> make_context(const TlsServerSettings& settings, const TlsCertificate& certificate);
  [[nodiscard]] SSL_CTX* context_for(const std::string& server_name) const;

  static TlsServer& server_of(SSL* ssl) { return *static_cast<TlsServer*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl))); }
  static int choose_certificate(SSL* ssl, int*, void*);
  static int choose_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*);
  static int ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypt);

  std::vector<tls::SslContextPtr> contexts_;    // one a certificate
  std::map<std::string, SSL_CTX*> by_name_;     // "example.org", "*.example.org"
  std::string alpn_;
  std::vector<std::string> ticket_keys_;
};

Result<void, std::string> TlsServer::set_up(const TlsServerSettings& settings) {
  if (settings.certificates.empty()) return fail(std::string("no certificate"));
  alpn_ = tls::alpn_list(settings.alpn);
  ticket_keys_ = {random_bytes(key_size)};
  for (std::size_t i = 0; i < settings.certificates.size(); ++i) {
    auto context = make_context(settings, settings.certificates[i]);
    if (!context) return fail("certificate " + std::to_string(i + 1) + ": " + context.error());
    for (auto& name : tls::names_of(SSL_CTX_get0_certificate(context->get()))) by_name_.emplace(name, context->get());
    contexts_.push_back(std::move(*context));
  }
  return {};
}

Result<tls::SslContextPtr, std::string> TlsServer::make_context(const TlsServerSettings& settings, const TlsCertificate& certificate) {
  tls::SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  CHECK(context);
  tls::set_common_options(context.get());
  if (settings.tls13_only) SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_app_data(context.get(), this);
  SSL_CTX_set_tlsext_servername_callback(context.get(), choose_certificate);
  if (!alpn_.empty()) SSL_CTX_set_alpn_select_cb(context.get(), choose_alpn, nullptr);
  // Sessions live in tickets only, so that any process with the keys resumes them.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(context.get(), bytes_of("courier"), 7);
  SSL_CTX_set_timeout(context.get(), session_seconds);
  SSL_CTX_set_num_tickets(context.get(), 1);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context.get(), ticket_key);
  if (auto used = tls::use_certificate(context.get(), certificate); !used) return fail(used.error());
  return context;
}

void TlsServer::set_ticket_keys(const TicketKeys& keys) {
  for (const auto& key : keys.keys) CHECK(key.size() == key_size);
  if (!keys.keys.empty()) ticket_keys_ = keys.keys;
}

Task<IoResult<StreamPtr>> TlsServer::accept(StreamPtr plain, Deadline deadline) {
  tls::SslPtr ssl(SSL_new(contexts_.front().get()));
  CHECK(ssl);
  SSL_set_accept_state(ssl.get());
  auto stream = std::make_unique<tls::TlsStream>(std::move(plain), std::move(ssl));
  if (auto shaken = co_await stream->handshake(deadline); !shaken) co_return fail(shaken.error());
  co_return StreamPtr(std::move(stream));
}

// RFC 6125, section 6.4: the name itself, or a wildcard for its first label.
SSL_CTX* TlsServer::context_for(const std::string& server_name) const {
  if (const auto exact = by_name_.find(server_name); exact != by_name_.end()) return exact->second;
  const std::size_t dot = server_name.find('.');
  if (dot == std::string::npos) return nullptr;
  const auto wildcard = by_name_.find("*" + server_name.substr(dot));
  return wildcard == by_name_.end() ? nullptr : wildcard->second;
}

int TlsServer::choose_certificate(SSL* ssl, int*, void*) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (!name) return SSL_TLSEXT_ERR_NOACK;
  if (SSL_CTX* context = server_of(ssl).context_for(to_lower(name))) SSL_set_SSL_CTX(ssl, context);
  return SSL_TLSEXT_ERR_OK;
}

// RFC 7301, section 3.2: a client that offers only what we do not speak is told so.
int TlsServer::choose_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
  const std::string& ours = server_of(ssl).alpn_;
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_size, bytes_of(ours), static_cast<unsigned>(ours.size()), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// RFC 5077, section 4: AES-256-CBC and HMAC-SHA-256. 1: go on; 2: go on, and give a fresh ticket; 0: not our ticket.
int TlsServer::ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypt) {
  const auto& keys = server_of(ssl).ticket_keys_;
  std::size_t index = 0;
  if (encrypt == 1) {
    std::memcpy(name, keys.front().data(), name_size);
    std::memcpy(iv, random_bytes(16).data(), 16);
  } else {
    while (index < keys.size() && std::memcmp(name, keys[index].data(), name_size) != 0) ++index;
    if (index == keys.size()) return 0;
  }
  const std::string& key = keys[index];
  std::string mac_key = key.substr(name_size, mac_size);
  char digest[] = "SHA256";
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, mac_key.data(), mac_key.size()),
                             OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  const bool made = EVP_MAC_CTX_set_params(mac, parameters) == 1 &&
                    EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, bytes_of(key) + name_size + mac_size, iv, encrypt) == 1;
  OPENSSL_cleanse(mac_key.data(), mac_key.size());
  if (!made) return -1;
  return index == 0 ? 1 : 2;
}

}  // namespace

Result<std::unique_ptr<TlsServerContext>, std::string> make_tls_server(Loop&, const TlsServerSettings& settings) {
  auto server = std::make_unique<TlsServer>();
  if (auto set = server->set_up(settings); !set) return fail(set.error());
  return server;
}

}  // namespace courier
