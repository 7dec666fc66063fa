// TLS on a socket with OpenSSL 3: server and client, SNI, TLS 1.2 and later, resumption by tickets whose keys the
// supervisor shares among the processes of a role and rotates. libssl is included only in runtime/tls*.cc.
//
// An idle connection keeps no buffers (SSL_MODE_RELEASE_BUFFERS, read-ahead off, a BIO of our own on the stream below,
// which may be any Stream). After write_now() said WouldBlock the same bytes must come again, or nothing more.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/stream.h"

namespace courier {

// Certificate chain and private key as PEM text, for the names in the certificate (SNI). The first is the default.
struct TlsCertificate {
  std::string chain_pem;
  std::string key_pem;
};

// Keys of session tickets, newest first: the first encrypts, all decrypt. 80 random bytes each (name 16, HMAC 32, AES 32).
struct TicketKeys {
  std::vector<std::string> keys;
};

struct TlsServerSettings {
  std::vector<TlsCertificate> certificates;
  std::vector<std::string> alpn;      // offered names, best first; empty: ALPN is ignored
  bool tls13_only = false;
};

// How a client checks whom it talks to.
struct TlsClientSettings {
  enum class Verify { None, Name, Dane } verify = Verify::None;
  std::string server_name = {};       // SNI and, with Verify::Name, what the certificate must be for
  std::vector<std::string> dane = {}; // TLSA records: usage, selector, matching bytes and data, for Verify::Dane; when
                                      // none of them is usable nothing is verified (RFC 7672, section 2.2)
  std::string trust_pem = {};         // with Verify::Name: these roots; empty: the system's
  std::vector<std::string> alpn = {}; // offered names, best first
};

// One context serves any number of streams; it outlives them. So does a TlsClientContext.
class TlsServerContext {
 public:
  virtual ~TlsServerContext() = default;
  // New handshakes use these; running streams keep theirs.
  virtual void set_ticket_keys(const TicketKeys& keys) = 0;
  // Shakes hands on the socket of `plain`, which is consumed. Whatever was read and buffered before belongs to the caller,
  // who discards it (RFC 3207, section 4.2).
  [[nodiscard]] virtual Task<IoResult<StreamPtr>> accept(StreamPtr plain, Deadline deadline) = 0;
};
// The error text says which certificate or key is wrong and why.
[[nodiscard]] Result<std::unique_ptr<TlsServerContext>, std::string> make_tls_server(Loop& loop, const TlsServerSettings& settings);

class TlsClientContext {
 public:
  virtual ~TlsClientContext() = default;
  // Sessions are remembered per server name and resumed.
  [[nodiscard]] virtual Task<IoResult<StreamPtr>> connect(StreamPtr plain, TlsClientSettings settings, Deadline deadline) = 0;
};
[[nodiscard]] Result<std::unique_ptr<TlsClientContext>, std::string> make_tls_client(Loop& loop);

// A self-signed certificate (ECDSA P-256, ten years) for these names, until a real one is there.
[[nodiscard]] TlsCertificate make_self_signed(const std::vector<std::string>& names);

}  // namespace courier
