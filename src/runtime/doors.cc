#include "runtime/doors.h"

namespace courier {

Result<void, std::string> Doors::use_certificates(const std::vector<control::Certificate>& certificates) {
  if (certificates.empty()) {
    tls_ = nullptr;
    return {};
  }
  TlsServerSettings settings;
  for (const auto& [chain, key] : certificates) settings.certificates.push_back({chain, key});
  auto made = make_tls_(loop_, settings);
  if (!made) return fail(made.error());
  tls_ = std::move(*made);
  if (!ticket_keys_.empty()) tls_->set_ticket_keys({ticket_keys_});
  return {};
}

void Doors::use_ticket_keys(const std::vector<std::string>& keys) {
  ticket_keys_ = keys;
  if (tls_) tls_->set_ticket_keys({ticket_keys_});
}

Result<void, std::string> Doors::open(std::vector<Listening>& listeners,
                                      const std::function<Result<Taker, std::string>(const std::string& service)>& taker_of) {
  for (auto& [info, socket] : listeners) {
    auto taker = taker_of(info.service);
    if (!taker) return fail(taker.error());
    if (info.implicit_tls && !tls_) return fail(info.address + ": TLS without a certificate");
    acceptors_.push_back(std::make_unique<Acceptor>(
        loop_, std::move(socket),
        [take = std::move(*taker), implicit_tls = info.implicit_tls](StreamPtr stream) { take(std::move(stream), implicit_tls); }));
  }
  return {};
}

}  // namespace courier
