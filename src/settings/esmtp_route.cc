#include "base/text.h"
#include "settings/esmtp.h"

namespace courier {

namespace {

// "relay.example.org,587": name and port.
Result<void, std::string> read_relay(std::string_view text, EsmtpRoute& route) {
  const std::size_t comma = text.rfind(',');
  if (comma != std::string_view::npos) {
    const auto port = to_u32(trim(text.substr(comma + 1)));
    if (!port || *port == 0 || *port > 65535) return fail(std::string("the port must be 1 to 65535"));
    route.port = static_cast<std::uint16_t>(*port);
    text = text.substr(0, comma);
  }
  route.relay = to_lower(trim(text));
  if (route.relay.find_first_of(" \t/") != std::string::npos) return fail(std::string("the relay is not a host name"));
  const bool opened = route.relay.starts_with('['), closed = route.relay.ends_with(']');
  if (opened != closed || route.relay == "[]") return fail(std::string("brackets around the relay do not match"));
  return {};
}

Result<void, std::string> read_flag(std::string_view flag, EsmtpRoute& route) {
  if (iequals(flag, "IPV4ONLY")) {
    route.ip = IpChoice::Ipv4Only;
  } else if (iequals(flag, "IPV6ONLY")) {
    route.ip = IpChoice::Ipv6Only;
  } else if (iequals(flag, "SECURITY=SMTPS")) {
    route.implicit_tls = true;
    if (!route.tls) route.tls = TlsPolicy::Require;
  } else if (iequals(flag, "SECURITY=STARTTLS") || iequals(flag, "SECURITY=REQUIRED")) {
    route.tls = TlsPolicy::Require;
  } else if (istarts_with(flag, "SECURITY=")) {
    route.tls = parse_tls_policy(to_lower(flag.substr(9)));
    if (!route.tls) return fail("SECURITY is NONE, MAY, STARTTLS, REQUIRED, VERIFY or SMTPS, not " + std::string(flag.substr(9)));
  } else {
    return fail("unknown flag " + std::string(flag));
  }
  return {};
}

Result<void, std::string> read_flags(std::string_view text, EsmtpRoute& route) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(", /"), text.size());
    if (end > 0) {
      if (auto read = read_flag(text.substr(0, end), route); !read) return read;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (route.implicit_tls && route.port == 0) return fail(std::string("SECURITY=SMTPS needs a port"));
  return {};
}

}  // namespace

Result<EsmtpRoute, std::string> parse_route(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return fail(std::string("must be DOMAIN:RELAY[,PORT][/FLAGS]"));
  EsmtpRoute route;
  route.domain = to_lower(trim(text.substr(0, colon)));
  std::string_view rest = text.substr(colon + 1);
  const std::size_t slash = rest.find('/');
  if (auto read = read_relay(rest.substr(0, slash), route); !read) return fail(read.error());
  if (slash != std::string_view::npos) {
    if (auto read = read_flags(rest.substr(slash + 1), route); !read) return fail(read.error());
  }
  return route;
}

bool EsmtpRoute::matches(std::string_view recipient_domain) const {
  if (domain.empty()) return true;
  if (domain.front() == '.') return recipient_domain.size() > domain.size() && recipient_domain.ends_with(domain);
  return recipient_domain == domain;
}

std::string EsmtpRoute::relay_text() const { return port == 0 ? relay : relay + "," + std::to_string(port); }

Result<EsmtpLogin, std::string> parse_login(std::string_view text) {
  text = trim(text);
  const std::size_t first = text.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos || second == first + 1 || second + 1 == text.size()) {
    return fail(std::string("must be RELAY[,PORT] USER PASSWORD"));
  }
  return EsmtpLogin{to_lower(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)),
                    std::string(text.substr(second + 1))};
}

const char* to_string(TlsPolicy policy) {
  switch (policy) {
    case TlsPolicy::None: return "none";
    case TlsPolicy::May: return "may";
    case TlsPolicy::Require: return "require";
    case TlsPolicy::Verify: return "verify";
  }
  return "";
}

std::optional<TlsPolicy> parse_tls_policy(std::string_view text) {
  for (const auto policy : {TlsPolicy::None, TlsPolicy::May, TlsPolicy::Require, TlsPolicy::Verify}) {
    if (text == to_string(policy)) return policy;
  }
  return std::nullopt;
}

std::optional<IpChoice> parse_ip_choice(std::string_view text) {
  if (text == "ipv4-first") return IpChoice::Ipv4First;
  if (text == "ipv6-first") return IpChoice::Ipv6First;
  if (text == "ipv4") return IpChoice::Ipv4Only;
  if (text == "ipv6") return IpChoice::Ipv6Only;
  return std::nullopt;
}

}  // namespace courier
