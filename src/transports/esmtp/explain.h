// What `courier explain ADDRESS` and `courier status` hear from this transport.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "transports/esmtp/services.h"

namespace courier::esmtp {

struct StatusReport {
  std::uint64_t connections = 0, idle = 0, waiting = 0, deliveries = 0, hosts_without_tls = 0;
  std::string dnssec;  // "validating", "unvalidated", "unknown"
  template <class V>
  void fields(V& v) {
    v("connections", connections), v("idle", idle), v("waiting", waiting), v("deliveries", deliveries);
    v("hosts_without_tls", hosts_without_tls), v("dnssec", dnssec);
  }
};

struct ExplainHost {
  std::string name;
  std::uint16_t preference = 0;
  std::vector<std::string> addresses;
  std::uint16_t port = 0;
  bool dnssec = false;
  std::string tls;         // "none", "may", "require", "verify", "dane"
  bool tls_broken = false; // STARTTLS failed lately: plain text until it is tried again
  template <class V>
  void fields(V& v) {
    v("name", name), v("preference", preference), v("addresses", addresses), v("port", port), v("dnssec", dnssec);
    v("tls", tls), v("tls_broken", tls_broken);
  }
};
struct ExplainReport {
  std::string address, domain;
  std::string relay;       // by a route or the smarthost; empty: by DNS
  std::string login;       // the user name used there
  std::vector<ExplainHost> hosts;
  std::string error;       // why there is none: "556 5.1.10 ..."
  template <class V>
  void fields(V& v) {
    v("address", address), v("domain", domain), v("relay", relay), v("login", login), v("hosts", hosts), v("error", error);
  }
};

[[nodiscard]] Task<ExplainReport> explain_address(Services& services, std::shared_ptr<const Policy> policy, std::string address);

}  // namespace courier::esmtp
