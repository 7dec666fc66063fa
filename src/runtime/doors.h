// Doors: where clients come into a daemon. Its listening sockets, and TLS from the certificates and ticket keys that the
// supervisor sends.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/daemon.h"
#include "runtime/listener.h"
#include "runtime/tls.h"

namespace courier {

class Doors {
 public:
  // make_tls_server, or a test's own.
  using TlsFactory = std::function<Result<std::unique_ptr<TlsServerContext>, std::string>(Loop&, const TlsServerSettings&)>;
  // Takes a connection; `implicit_tls`: the client begins with TLS (RFC 8314).
  using Taker = std::function<void(StreamPtr stream, bool implicit_tls)>;

  Doors(Loop& loop, TlsFactory make_tls) : loop_(loop), make_tls_(std::move(make_tls)) {}

  // New connections are served with these; none: there is no TLS. After an error everything stays as it was.
  [[nodiscard]] Result<void, std::string> use_certificates(const std::vector<control::Certificate>& certificates);
  void use_ticket_keys(const std::vector<std::string>& keys);
  // Null: no certificate.
  [[nodiscard]] const std::shared_ptr<TlsServerContext>& tls() const { return tls_; }

  // Accepts on every socket of `listeners`, whose descriptors it takes. `taker_of` gives who takes the connections of a service, or
  // why there is none; it outlives the Doors.
  [[nodiscard]] Result<void, std::string> open(std::vector<Listening>& listeners,
                                               const std::function<Result<Taker, std::string>(const std::string& service)>& taker_of);
  // Accepts nothing more; the sockets are closed.
  void close() { acceptors_.clear(); }

 private:
  Loop& loop_;
  TlsFactory make_tls_;
  std::vector<std::string> ticket_keys_;
  std::shared_ptr<TlsServerContext> tls_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
};

}  // namespace courier
