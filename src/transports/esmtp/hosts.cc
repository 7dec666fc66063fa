#include "transports/esmtp/hosts.h"

#include <algorithm>

namespace courier::esmtp {

namespace {

constexpr std::size_t most_hosts = 12;

Verdict no_answer(const std::string& name) { return own_verdict(451, "4.4.3", "DNS lookup of " + name + " failed."); }

// A name's addresses, or why there are none.
struct Addresses {
  std::vector<IpAddress> list;
  bool secure = false;
  bool unanswered = false;
  bool no_name = false;
};

void take(Addresses& into, const DnsResult<IpAddress>& answer) {
  if (answer) {
    into.list.insert(into.list.end(), answer->records.begin(), answer->records.end());
    into.secure = into.secure && answer->secure;
  } else if (answer.error() == DnsFault::NoName) {
    into.no_name = true;
  } else if (answer.error() != DnsFault::NoData) {
    into.unanswered = true;
  }
}

Task<Addresses> find_addresses(Resolver& resolver, const std::string& name, IpChoice choice, Deadline deadline) {
  Addresses found;
  found.secure = true;
  if (choice == IpChoice::Ipv6First) take(found, co_await resolver.aaaa(name, deadline));
  if (choice != IpChoice::Ipv6Only) take(found, co_await resolver.a(name, deadline));
  if (choice == IpChoice::Ipv4First || choice == IpChoice::Ipv6Only) take(found, co_await resolver.aaaa(name, deadline));
  co_return found;
}

void order(std::vector<MxRecord>& records, std::minstd_rand& random) {
  std::shuffle(records.begin(), records.end(), random);
  std::sort(records.begin(), records.end(), [](const MxRecord& a, const MxRecord& b) { return a.preference < b.preference; });
}

bool is_self(const Self& self, const std::string& name, const std::vector<IpAddress>& addresses) {
  if (std::find(self.names.begin(), self.names.end(), name) != self.names.end()) return true;
  return std::any_of(addresses.begin(), addresses.end(), [&](const IpAddress& ip) {
    return std::find(self.addresses.begin(), self.addresses.end(), ip) != self.addresses.end();
  });
}

// What the MX records of a name say, or that the name is its own mail host.
struct Exchangers {
  std::vector<MxRecord> records;
  bool secure = false;
};

Task<Result<Exchangers, Verdict>> find_exchangers(Resolver& resolver, const Way& way, std::minstd_rand& random, Deadline deadline) {
  // The administrator named the host: nothing unsigned led to it.
  if (!way.use_mx) co_return Exchangers{{{0, way.name}}, true};
  auto answer = co_await resolver.mx(way.name, deadline);
  if (!answer) {
    switch (answer.error()) {
      case DnsFault::NoName: co_return fail(own_verdict(550, "5.1.2", "No such domain: " + way.name + "."));
      case DnsFault::NoData: co_return Exchangers{{{0, way.name}}, false};
      default: co_return fail(no_answer(way.name));
    }
  }
  // RFC 7505, section 3.
  if (answer->records.size() == 1 && answer->records.front().exchange.empty()) {
    co_return fail(own_verdict(556, "5.1.10", "Domain does not receive mail: " + way.name + "."));
  }
  order(answer->records, random);
  // RFC 1035, section 3.3.9: an exchange is a host name. An address there is looked up by nobody.
  std::erase_if(answer->records, [](const MxRecord& mx) { return mx.exchange.empty() || IpAddress::parse(mx.exchange); });
  if (answer->records.empty()) {
    co_return fail(own_verdict(550, "5.4.4", "The DNS of " + way.name + " violates RFC 1035: its MX records name addresses."));
  }
  co_return Exchangers{std::move(answer->records), answer->secure};
}

Host literal_host(const IpAddress& address) {
  Host host;
  host.name = address.text();
  host.addresses = {address};
  return host;
}

}  // namespace

Task<Result<std::vector<Host>, Verdict>> find_hosts(Resolver& resolver, const Way& way, const Self& self, std::minstd_rand& random,
                                                    Deadline deadline) {
  std::vector<Host> hosts;
  if (way.address) {
    hosts.push_back(literal_host(*way.address));
    co_return hosts;
  }
  auto exchangers = co_await find_exchangers(resolver, way, random, deadline);
  if (!exchangers) co_return fail(exchangers.error());
  bool unanswered = false, no_name = false;
  for (std::size_t i = 0; i < std::min(exchangers->records.size(), most_hosts); ++i) {
    const MxRecord mx = exchangers->records[i];
    Addresses addresses = co_await find_addresses(resolver, mx.exchange, way.ip, deadline);
    if (!way.routed && is_self(self, mx.exchange, addresses.list)) {
      // We are a fallback ourselves: only better hosts may be tried (RFC 5321, section 5.1).
      std::erase_if(hosts, [&](const Host& host) { return host.preference >= mx.preference; });
      if (hosts.empty()) co_return fail(own_verdict(554, "5.4.6", "Mail for " + way.name + " loops back to this host (MX problem)."));
      co_return hosts;
    }
    unanswered = unanswered || addresses.unanswered;
    no_name = no_name || addresses.no_name;
    if (addresses.list.empty()) continue;
    hosts.push_back({mx.exchange, mx.preference, std::move(addresses.list), exchangers->secure && addresses.secure});
  }
  if (!hosts.empty()) co_return hosts;
  if (unanswered) co_return fail(no_answer(way.name));
  co_return fail(own_verdict(550, no_name ? "5.1.2" : "5.4.4", "No host of " + way.name + " has an address."));
}

}  // namespace courier::esmtp
