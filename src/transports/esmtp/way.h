// How mail for a domain goes: what the settings (routes, smarthost, logins) say, before DNS is asked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/address.h"
#include "settings/esmtp.h"

namespace courier::esmtp {

struct Way {
  std::string key;                  // connections with equal keys serve the same mail
  std::string name;                 // the domain or relay that DNS is asked for; empty with `address`
  std::optional<IpAddress> address; // a literal
  bool use_mx = true;
  bool routed = false;              // by a route or the smarthost
  std::uint16_t port = 25;
  TlsPolicy tls = TlsPolicy::May;
  bool implicit_tls = false;
  IpChoice ip = IpChoice::Ipv4First;
  std::optional<EsmtpLogin> login;
};

// The settings, read once; shared by the deliveries that began under them.
class Policy {
 public:
  // `host_name` is this host's. The error names the setting.
  [[nodiscard]] static Result<std::shared_ptr<const Policy>, std::string> make(EsmtpSettings settings, const std::string& host_name);

  // `domain`: lower case, ASCII; or "[192.0.2.1]", "[IPv6:2001:db8::1]".
  [[nodiscard]] Way way_to(const std::string& domain) const;

  // The local address to connect from.
  [[nodiscard]] std::optional<IpAddress> source_for(const IpAddress& to) const { return to.is_v4() ? source_ipv4_ : source_ipv6_; }

  EsmtpSettings settings;
  std::string helo_name;

 private:
  [[nodiscard]] const EsmtpRoute* route_for(const std::string& domain) const;
  std::vector<EsmtpRoute> routes_;  // the smarthost is the last
  std::vector<EsmtpLogin> logins_;
  TlsPolicy tls_ = TlsPolicy::May;
  IpChoice ip_ = IpChoice::Ipv4First;
  std::optional<IpAddress> source_ipv4_, source_ipv6_;
};

// "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321, section 4.1.3), "[2001:db8::1]" of routes.
[[nodiscard]] std::optional<IpAddress> read_literal(std::string_view text);

}  // namespace courier::esmtp
