#include "transports/esmtp/opening.h"

#include "transports/esmtp/hello.h"

namespace courier::esmtp {

namespace {

constexpr std::size_t most_addresses = 16;
constexpr Duration dns_patience = seconds(60);

// One host's way in: what is common to its addresses.
struct Door {
  Services& services;
  const Policy& policy;
  const Way& way;
  const Host& host;
  Encryption encryption;
};

using Opened = Result<std::unique_ptr<Session>, Miss>;

Task<Opened> open_once(const Door& door, IpAddress ip, Encryption::Starttls starttls) {
  Loop& loop = door.services.loop;
  std::string remote = door.host.name + " [" + ip.text() + "]";
  auto stream = co_await door.services.dialer.dial({ip, door.way.port, {}}, door.policy.source_for(ip),
                                                   loop.in(door.policy.settings.connect_timeout));
  if (!stream) {
    Miss miss{own_verdict(451, "4.4.1", "No connection: " + to_string(stream.error()), remote)};
    miss.unreachable = true;
    co_return fail(std::move(miss));
  }
  auto session = std::make_unique<Session>(std::move(*stream), std::move(remote));
  Encryption encryption = door.encryption;
  encryption.starttls = starttls;
  if (auto met = co_await greet(*session, door.services, door.policy, door.way, encryption); !met) co_return fail(met.error());
  co_return std::move(session);
}

// When TLS is only a hope, one that fails leads to plain text, on a new connection.
Task<Opened> open_address(const Door& door, IpAddress ip) {
  const bool hopeful = door.encryption.needed == TlsPolicy::May;
  auto starttls = Encryption::Starttls::Use;
  if (door.encryption.needed == TlsPolicy::None) starttls = Encryption::Starttls::Avoid;
  if (hopeful && door.services.tls_memory.failed(door.host.name)) starttls = Encryption::Starttls::Avoid;
  auto opened = co_await open_once(door, ip, starttls);
  if (opened || !opened.error().tls_failed || !hopeful) co_return opened;
  door.services.tls_memory.remember(door.host.name);
  door.services.probe.tls_given_up(door.host.name, opened.error().verdict.text);
  co_return co_await open_once(door, ip, Encryption::Starttls::Avoid);
}

Task<Result<Encryption, Miss>> choose_encryption(Services& services, const Policy& policy, const Way& way, const Host& host) {
  Encryption encryption;
  encryption.needed = way.tls;
  encryption.client.server_name = host.name;
  if (way.tls == TlsPolicy::Verify) {
    encryption.client.verify = TlsClientSettings::Verify::Name;
    encryption.client.trust_pem = services.trust_pem;
    co_return encryption;
  }
  if (!policy.settings.dane || !host.secure || way.tls == TlsPolicy::None) co_return encryption;
  const auto tlsa = co_await find_tlsa(*services.resolver, host, way.port, services.loop.in(dns_patience));
  if (!tlsa) {
    if (tlsa.error() == DnsFault::NoName || tlsa.error() == DnsFault::NoData) co_return encryption;
    co_return fail(Miss{own_verdict(451, "4.7.5", "DNS lookup of the TLSA records of " + host.name + " failed.")});
  }
  if (!tlsa->secure) co_return encryption;
  encryption.needed = TlsPolicy::Require;
  encryption.client.verify = TlsClientSettings::Verify::Dane;
  for (const auto& record : tlsa->records) {
    encryption.client.dane.push_back(
        {static_cast<char>(record.usage), static_cast<char>(record.selector), static_cast<char>(record.matching)});
    encryption.client.dane.back() += record.data;
  }
  co_return encryption;
}

// What remains to be said when every host was tried in vain.
class Tally {
 public:
  void add(const Miss& miss) {
    unreachable_ = unreachable_ && miss.unreachable;
    // A host that may yet serve outweighs those that never will.
    if (count_++ == 0 || (lasting_ && !miss.lasting) || lasting_ == miss.lasting) verdict_ = miss.verdict;
    lasting_ = lasting_ && miss.lasting;
  }
  [[nodiscard]] Unopened sum() const { return {verdict_, unreachable_}; }

 private:
  Verdict verdict_;
  bool unreachable_ = true, lasting_ = true;
  std::size_t count_ = 0;
};

}  // namespace

Task<DnsResult<TlsaRecord>> find_tlsa(Resolver& resolver, const Host& host, std::uint16_t port, Deadline deadline) {
  co_return co_await resolver.tlsa("_" + std::to_string(port) + "._tcp." + host.name, deadline);
}

Task<Result<std::unique_ptr<Session>, Unopened>> open_session(Services& services, const Policy& policy, const Way& way,
                                                              const std::string& id) {
  auto hosts = co_await find_hosts(*services.resolver, way, services.self, services.random, services.loop.in(dns_patience));
  if (!hosts) co_return fail(Unopened{hosts.error(), false});
  Tally tally;
  std::size_t tried = 0;
  for (const Host& host : *hosts) {
    const auto encryption = co_await choose_encryption(services, policy, way, host);
    if (!encryption) {
      tally.add(encryption.error());
      continue;
    }
    const Door door{services, policy, way, host, *encryption};
    for (const IpAddress& ip : host.addresses) {
      if (tried++ == most_addresses) co_return fail(tally.sum());
      auto opened = co_await open_address(door, ip);
      if (opened) {
        services.probe.opened(**opened);
        co_return std::move(*opened);
      }
      const Verdict& verdict = opened.error().verdict;
      services.probe.host_failed(id, host.name + " [" + ip.text() + "]", verdict.remote.empty() ? verdict.text : verdict.reply);
      tally.add(opened.error());
    }
  }
  co_return fail(tally.sum());
}

}  // namespace courier::esmtp
