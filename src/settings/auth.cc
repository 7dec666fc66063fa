#include "settings/auth.h"

#include <arpa/inet.h>

#include "base/text.h"

namespace courier {

namespace {

std::string check_network(std::string_view value) {
  const std::size_t slash = value.find('/');
  const std::string address(value.substr(0, slash));
  unsigned char bytes[16];
  const bool v4 = ::inet_pton(AF_INET, address.c_str(), bytes) == 1;
  if (!v4 && ::inet_pton(AF_INET6, address.c_str(), bytes) != 1) return "not an IP network such as 192.0.2.0/24 or 2001:db8::/32";
  if (slash == std::string_view::npos) return {};
  const auto bits = to_u32(value.substr(slash + 1));
  if (!bits || *bits > (v4 ? 32u : 128u)) return "the number after '/' is out of range";
  return {};
}

std::string check_mechanism(std::string_view value) {
  for (const char* known : {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}) {
    if (value == known) return {};
  }
  return "one of SCRAM-SHA-256-PLUS, SCRAM-SHA-256, PLAIN, LOGIN";
}

std::string check_separators(std::string_view value) {
  if (value.find_first_not_of("+-_=~.#%") != std::string_view::npos) return "only characters out of +-_=~.#%";
  return {};
}

std::string check_address(std::string_view value) {
  if (value.find_first_of(" \t<>") != std::string_view::npos || value.starts_with('@')) return "an address such as ann@example.org";
  return {};
}

std::string check_options(std::string_view value) {
  return value.find_first_of(" \t") == std::string_view::npos ? "" : "a list such as disablepop3=1,group=staff, without blanks";
}

}  // namespace

void AuthSettings::visit(SettingVisitor& v) {
  v.text({.key = "default_domain",
          .help = "Domain of logins and addresses that name none. Empty: server.host_name. For who lets people sign in as \"ann\"."},
         default_domain);
  v.text({.key = "extension_separators",
          .help = "Characters after which the rest of a local part is an extension: with \"+\", mail for ann+lists goes to ann. Empty: no "
                  "extensions. \"+-\" for who comes from qmail or Courier.",
          .check = check_separators},
         extension_separators);
  v.flag({.key = "fold_local_parts", .help = "Take ANN@example.org for ann@example.org. The accounts must then be stored in lower case."},
         fold_local_parts);
  v.text({.key = "postmaster",
          .help = "Where mail for a postmaster goes in domains that have no account and no alias of that name. For who hosts many domains.",
          .check = check_address},
         postmaster);
  v.text({.key = "default_options",
          .help = "Options of every account that does not set them itself, such as disablepop3=1. For who forbids a service site-wide.",
          .check = check_options},
         default_options);
  v.list({.key = "mechanisms",
          .help = "SASL mechanisms offered, best first. SCRAM is offered only while every account can use it. For who must forbid one.",
          .check = check_mechanism},
         mechanisms);
  v.text({.key = "without_tls",
          .help =
              "Whose passwords may cross the wire unencrypted: never anybody's, those of programs on this machine, or always. For who runs "
              "old clients in a network of their own.",
          .choices = {"never", "loopback", "always"}},
         without_tls);
  v.text(
      {.key = "password_scheme",
       .help = "How new passwords are stored. Older forms still sign in and are stored anew when they do. For who shares the database with "
               "programs that know only crypt(3).",
       .choices = {"argon2id", "yescrypt"}},
      password_scheme);
  v.size({.key = "argon2_memory",
          .help = "Memory that one Argon2id hash takes. For who must follow a rule on password storage.",
          .min = 1 << 20,
          .max = 1 << 30},
         argon2_memory);
  v.number({.key = "argon2_passes", .help = "Passes of Argon2id over its memory.", .unit = "passes", .min = 1, .max = 100}, argon2_passes);
  v.size({.key = "password_memory",
          .help = "Memory that all password checks under way may take together; more wait their turn. For small machines and large sites.",
          .min = 1 << 20,
          .max = std::int64_t{64} << 30,
          .restart = true},
         password_memory);
  v.duration(
      {.key = "password_cache",
       .help = "How long a password that was right is recognised without hashing it again. 0 switches this off. For sites whose clients "
               "open many connections.",
       .min = 0,
       .max = 3600},
      password_cache);
  v.duration({.key = "lookup_cache",
              .help = "How long an account or alias that was found is remembered. Changes made with the courier command count at once.",
              .min = 0,
              .max = 300},
             lookup_cache);
  v.number({.key = "max_connections", .help = "Connections to all services together.", .unit = "connections", .min = 1, .max = 10'000'000},
           max_connections);
  v.number({.key = "connections_per_address",
            .help = "Connections from one IPv4 address or IPv6 /64, all services together. For sites with many people behind one address.",
            .unit = "connections",
            .min = 1,
            .max = 10'000'000},
           connections_per_address);
  v.number({.key = "connections_per_network",
            .help = "Connections from one IPv4 /24 or IPv6 /48.",
            .unit = "connections",
            .min = 1,
            .max = 10'000'000},
           connections_per_network);
  v.number({.key = "sessions_per_account",
            .help = "Sessions that one account may have open. For people with many devices.",
            .unit = "sessions",
            .min = 1,
            .max = 1'000'000},
           sessions_per_account);
  v.list({.key = "uncounted_networks",
          .help = "Networks whose connections are not counted and that are never banned: this machine, webmail hosts, proxies.",
          .check = check_network},
         uncounted_networks);
  v.number({.key = "failures_before_ban",
            .help = "Wrong passwords from one address, within failure_memory, after which it is refused for ban_time.",
            .unit = "failures",
            .min = 3,
            .max = 1'000'000},
           failures_before_ban);
  v.duration({.key = "failure_memory", .help = "How long wrong passwords are remembered.", .min = 60, .max = 7 * 86400}, failure_memory);
  v.duration({.key = "ban_time", .help = "How long an address that guesses passwords is refused.", .min = 1, .max = 7 * 86400}, ban_time);
}

}  // namespace courier
