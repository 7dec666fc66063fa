#include "settings/esmtp.h"

#include <arpa/inet.h>

namespace courier {

namespace {

std::string check_route(std::string_view value) {
  const auto route = parse_route(value);
  return route ? std::string() : route.error();
}
std::string check_smarthost(std::string_view value) {
  if (value.empty()) return {};
  const auto route = parse_route(":" + std::string(value));
  if (!route) return route.error();
  return route->relay.empty() ? "must name a relay" : std::string();
}
std::string check_login(std::string_view value) {
  const auto login = parse_login(value);
  return login ? std::string() : login.error();
}
bool is_address(int family, std::string_view value) {
  unsigned char bytes[16];
  return ::inet_pton(family, std::string(value).c_str(), bytes) == 1;
}
std::string check_ipv4(std::string_view value) {
  return value.empty() || is_address(AF_INET, value) ? std::string() : "must be an IPv4 address";
}
std::string check_ipv6(std::string_view value) {
  return value.empty() || is_address(AF_INET6, value) ? std::string() : "must be an IPv6 address";
}
std::string check_server(std::string_view value) {
  const std::string_view address = value.substr(0, value.find('@'));
  return is_address(AF_INET, address) || is_address(AF_INET6, address) ? std::string() : "must be ADDRESS or ADDRESS@PORT";
}
std::string check_file(std::string_view value) {
  return value.empty() || value.starts_with('/') ? std::string() : "must be an absolute path";
}

void visit_routes(EsmtpSettings& s, SettingVisitor& v) {
  v.text({.key = "helo_name",
          .help = "The name this host gives itself towards others; empty: server.host_name. Who sends from an address "
                  "whose PTR record has another name sets it."},
         s.helo_name);
  v.number({.key = "port", .help = "Port of other hosts' SMTP servers. Only test set-ups use another.", .min = 1, .max = 65535}, s.port);
  v.text({.key = "smarthost",
          .help = "RELAY[,PORT][/FLAGS]: hand all mail to this host. Who may not send to port 25 of others (most home and "
                  "cloud networks) sets it, and a login. It is the last of the routes; see there for the form.",
          .check = check_smarthost},
         s.smarthost);
  v.list({.key = "routes",
          .help = "DOMAIN:RELAY[,PORT][/FLAGS], the first that matches counts. DOMAIN empty: every domain; .example.org: its "
                  "subdomains. RELAY empty: by DNS; [192.0.2.1] an address; [host] without MX lookup. FLAGS: SECURITY=NONE, MAY, "
                  "STARTTLS (or REQUIRED), VERIFY or SMTPS; IPV4ONLY; IPV6ONLY. Who has partners with servers of their own sets it.",
          .check = check_route},
         s.routes);
  v.list({.key = "logins",
          .help = "RELAY[,PORT] USER PASSWORD: sign in at this relay, named as in smarthost or routes.",
          .root_only = true,
          .check = check_login},
         s.logins);
}

void visit_network(EsmtpSettings& s, SettingVisitor& v) {
  v.text({.key = "tls",
          .help = "Encryption towards hosts without a route of their own. none: never; may: when offered, unverified, as mail between "
                  "strangers is; require: never without; verify: and only to the host that the certificate names.",
          .choices = {"none", "may", "require", "verify"}},
         s.tls);
  v.flag({.key = "dane", .help = "Verify hosts that publish TLSA records under DNSSEC (RFC 7672)."}, s.dane);
  v.text({.key = "trust_file",
          .help = "Root certificates (PEM) for verify; empty: the system's. Who has a certificate authority of their own sets it.",
          .restart = true,
          .root_only = true,
          .check = check_file},
         s.trust_file);
  v.text(
      {.key = "ip", .help = "Which addresses of a host to use, in which order.", .choices = {"ipv4-first", "ipv6-first", "ipv4", "ipv6"}},
      s.ip);
  v.text({.key = "source_ipv4", .help = "Local address of outgoing IPv4 connections; empty: the system chooses.", .check = check_ipv4},
         s.source_ipv4);
  v.text({.key = "source_ipv6", .help = "Local address of outgoing IPv6 connections; empty: the system chooses.", .check = check_ipv6},
         s.source_ipv6);
}

void visit_limits(EsmtpSettings& s, SettingVisitor& v) {
  v.number({.key = "connections_per_site", .help = "Connections at a time to one domain or relay.", .min = 1, .max = 1000},
           s.connections_per_site);
  v.number({.key = "connections", .help = "Connections at a time in all.", .min = 1, .max = 20'000}, s.connections);
  v.duration({.key = "keep_idle", .help = "How long a connection is kept for the next message to the same site.", .min = 0, .max = 600},
             s.keep_idle);
  v.duration({.key = "site_pause",
              .help = "After no host of a site could be reached, nothing is tried there for so long.",
              .min = 0,
              .max = 86'400},
             s.site_pause);
  v.duration({.key = "connect_timeout", .help = "Waiting for a connection.", .min = 1, .max = 600}, s.connect_timeout);
  v.duration({.key = "hello_timeout", .help = "Waiting for the greeting, the answer to EHLO and the TLS handshake.", .min = 1, .max = 3600},
             s.hello_timeout);
  v.duration(
      {.key = "command_timeout", .help = "Waiting for the answer to any other command (RFC 5321, section 4.5.3.2).", .min = 1, .max = 3600},
      s.command_timeout);
  v.duration({.key = "data_timeout", .help = "Waiting until the host takes the next piece of a message.", .min = 1, .max = 3600},
             s.data_timeout);
  v.duration({.key = "quit_timeout", .help = "Waiting for the answer to QUIT.", .min = 0, .max = 300}, s.quit_timeout);
}

void visit_dns(EsmtpSettings& s, SettingVisitor& v) {
  v.text({.key = "dns",
          .help = "forward: ask dns_servers; recurse: ask the servers of each domain, beginning at the root.",
          .choices = {"forward", "recurse"},
          .restart = true},
         s.dns);
  v.list({.key = "dns_servers",
          .help = "ADDRESS or ADDRESS@PORT of DNS servers; none: those of /etc/resolv.conf.",
          .restart = true,
          .check = check_server},
         s.dns_servers);
  v.flag({.key = "dnssec",
          .help = "Validate DNS answers. Where the DNS servers cannot do it, it is found out and `courier status` says so.",
          .restart = true},
         s.dnssec);
  v.text({.key = "dns_root_key", .help = "The root's DNSSEC keys.", .restart = true, .root_only = true, .check = check_file},
         s.dns_root_key);
  v.list({.key = "dns_local_zones", .help = "Domains that are never asked for; test set-ups use it.", .restart = true}, s.dns_local_zones);
}

}  // namespace

void EsmtpSettings::visit(SettingVisitor& v) {
  visit_routes(*this, v);
  visit_network(*this, v);
  visit_limits(*this, v);
  visit_dns(*this, v);
}

}  // namespace courier
