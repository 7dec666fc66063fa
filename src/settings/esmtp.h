// Settings of the outgoing SMTP client, in courier.toml the table [esmtp], and the grammar of its routes and logins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "settings/setting.h"

namespace courier {

struct EsmtpSettings {
  std::string helo_name;
  std::int64_t port = 25;
  std::string smarthost;
  std::vector<std::string> routes;
  std::vector<std::string> logins;
  std::string tls = "may";
  bool dane = true;
  std::string trust_file;
  std::string ip = "ipv4-first";
  std::string source_ipv4, source_ipv6;

  std::int64_t connections_per_site = 20;
  std::int64_t connections = 500;
  Duration keep_idle = seconds(60);
  Duration site_pause = minutes(5);
  Duration connect_timeout = minutes(1);
  Duration hello_timeout = minutes(5);
  Duration command_timeout = minutes(10);
  Duration data_timeout = minutes(5);
  Duration quit_timeout = seconds(10);

  std::string dns = "forward";
  std::vector<std::string> dns_servers;
  bool dnssec = true;
  std::string dns_root_key = "/usr/share/dns/root.key";
  std::vector<std::string> dns_local_zones;

  void visit(SettingVisitor& v);
};

// None: never TLS. May: when offered, unverified. Require: never without. Verify: and the certificate is for the host's name.
enum class TlsPolicy : std::uint8_t { None, May, Require, Verify };
[[nodiscard]] const char* to_string(TlsPolicy policy);
[[nodiscard]] std::optional<TlsPolicy> parse_tls_policy(std::string_view text);

enum class IpChoice : std::uint8_t { Ipv4First, Ipv6First, Ipv4Only, Ipv6Only };
[[nodiscard]] std::optional<IpChoice> parse_ip_choice(std::string_view text);

// DOMAIN:RELAY[,PORT][/FLAGS]. DOMAIN empty: every domain; ".example.org": its subdomains. RELAY empty: by DNS;
// "[192.0.2.1]": that address; "[relay.example.org]": that host's addresses, without MX. FLAGS, separated by comma, space or
// slash: SECURITY=NONE|MAY|STARTTLS|REQUIRED|VERIFY|SMTPS, IPV4ONLY, IPV6ONLY. STARTTLS and REQUIRED are the same.
struct EsmtpRoute {
  std::string domain;
  std::string relay;
  std::uint16_t port = 0;               // 0: the ordinary one
  std::optional<TlsPolicy> tls;
  bool implicit_tls = false;            // SMTPS: TLS from the first byte
  std::optional<IpChoice> ip;
  bool operator==(const EsmtpRoute&) const = default;

  [[nodiscard]] bool matches(std::string_view recipient_domain) const;  // lower case
  // "relay.example.org,587", as logins name it.
  [[nodiscard]] std::string relay_text() const;
};
// The error in words. Domain and relay become lower case.
[[nodiscard]] Result<EsmtpRoute, std::string> parse_route(std::string_view text);

// RELAY[,PORT] USER PASSWORD. The password is the rest of the line.
struct EsmtpLogin {
  std::string relay;
  std::string user, password;
  bool operator==(const EsmtpLogin&) const = default;
};
[[nodiscard]] Result<EsmtpLogin, std::string> parse_login(std::string_view text);

}  // namespace courier
