#include "transports/esmtp/way.h"

#include "base/text.h"

namespace courier::esmtp {

std::optional<IpAddress> read_literal(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  if (istarts_with(text, "IPv6:")) text.remove_prefix(5);
  return IpAddress::parse(text);
}

Result<std::shared_ptr<const Policy>, std::string> Policy::make(EsmtpSettings settings, const std::string& host_name) {
  auto policy = std::make_shared<Policy>();
  for (const auto& text : settings.routes) {
    auto route = parse_route(text);
    if (!route) return fail("routes: " + text + ": " + route.error());
    policy->routes_.push_back(std::move(*route));
  }
  if (!settings.smarthost.empty()) {
    auto route = parse_route(":" + settings.smarthost);
    if (!route) return fail("smarthost: " + route.error());
    policy->routes_.push_back(std::move(*route));
  }
  for (const auto& text : settings.logins) {
    auto login = parse_login(text);
    if (!login) return fail("logins: " + login.error());
    policy->logins_.push_back(std::move(*login));
  }
  const auto tls = parse_tls_policy(settings.tls);
  const auto ip = parse_ip_choice(settings.ip);
  if (!tls) return fail("tls: " + settings.tls);
  if (!ip) return fail("ip: " + settings.ip);
  policy->tls_ = *tls;
  policy->ip_ = *ip;
  policy->source_ipv4_ = IpAddress::parse(settings.source_ipv4);
  policy->source_ipv6_ = IpAddress::parse(settings.source_ipv6);
  policy->helo_name = settings.helo_name.empty() ? host_name : settings.helo_name;
  policy->settings = std::move(settings);
  return policy;
}

const EsmtpRoute* Policy::route_for(const std::string& domain) const {
  for (const auto& route : routes_) {
    if (route.matches(domain)) return &route;
  }
  return nullptr;
}

Way Policy::way_to(const std::string& domain) const {
  Way way;
  way.tls = tls_;
  way.ip = ip_;
  way.port = static_cast<std::uint16_t>(settings.port);
  way.name = domain;
  std::string login_key = domain;
  if (const EsmtpRoute* route = route_for(domain)) {
    way.routed = !route->relay.empty();
    if (way.routed) {
      way.name = route->relay;
      login_key = route->relay_text();
    }
    if (route->port != 0) way.port = route->port;
    if (route->tls) way.tls = *route->tls;
    if (route->ip) way.ip = *route->ip;
    way.implicit_tls = route->implicit_tls;
  }
  for (const auto& login : logins_) {
    if (login.relay == login_key) way.login = login;
  }
  way.key = way.name + "," + std::to_string(way.port) + (way.implicit_tls ? " smtps " : " ") + to_string(way.tls);
  way.address = read_literal(way.name);
  if (way.name.starts_with('[')) {
    way.use_mx = false;
    way.name = way.address ? "" : way.name.substr(1, way.name.size() - 2);
  }
  return way;
}

}  // namespace courier::esmtp
