#include "transports/esmtp/explain.h"

#include "transports/esmtp/delivery.h"

namespace courier::esmtp {

namespace {

constexpr Duration patience = seconds(20);

Task<ExplainHost> explain_host(Services& services, const Policy& policy, const Way& way, const Host& host) {
  ExplainHost told;
  told.name = host.name;
  told.preference = host.preference;
  told.port = way.port;
  told.dnssec = host.secure;
  told.tls = to_string(way.tls);
  told.tls_broken = way.tls == TlsPolicy::May && services.tls_memory.failed(host.name);
  for (const IpAddress& ip : host.addresses) told.addresses.push_back(ip.text());
  if (policy.settings.dane && host.secure && (way.tls == TlsPolicy::May || way.tls == TlsPolicy::Require)) {
    const auto tlsa = co_await find_tlsa(*services.resolver, host, way.port, services.loop.in(patience));
    if (tlsa && tlsa->secure) told.tls = "dane";
  }
  co_return told;
}

}  // namespace

Task<ExplainReport> explain_address(Services& services, std::shared_ptr<const Policy> policy, std::string address) {
  ExplainReport report;
  report.address = address;
  report.domain = domain_of(address);
  if (report.domain.empty()) {
    report.error = "550 5.1.2 The address has no domain that can be looked up.";
    co_return report;
  }
  const Way way = policy->way_to(report.domain);
  if (way.routed) report.relay = way.address ? way.address->text() : way.name;
  if (way.login) report.login = way.login->user;
  const auto hosts = co_await find_hosts(*services.resolver, way, services.self, services.random, services.loop.in(patience));
  if (!hosts) {
    report.error = hosts.error().reply;
    co_return report;
  }
  for (const Host& host : *hosts) report.hosts.push_back(co_await explain_host(services, *policy, way, host));
  co_return report;
}

}  // namespace courier::esmtp
