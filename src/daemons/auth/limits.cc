#include "daemons/auth/limits.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace courier::auth {

namespace {

constexpr std::size_t remembered = 50'000;
constexpr Duration first_delay = milliseconds(250);
constexpr Duration longest_delay = seconds(5);

IpAddress address_of(const IpAddress& ip) { return ip.is_v4() ? ip : ip.network(64); }
IpAddress network_of(const IpAddress& ip) { return ip.network(ip.is_v4() ? 24 : 48); }

template <class Key>
void count_down(std::map<Key, std::uint32_t>& counts, const Key& key) {
  const auto found = counts.find(key);
  if (found == counts.end()) return;
  if (--found->second == 0) counts.erase(found);
}

// 0.25 s, 0.5 s, 1 s, 2 s, 4 s, 5 s, 5 s ...
Duration delay_after(std::uint32_t failures) {
  if (failures == 0) return {};
  return failures > 5 ? longest_delay : first_delay * (std::int64_t{1} << (failures - 1));
}

}  // namespace

std::size_t Limits::HashAddress::operator()(const IpAddress& ip) const {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(ip.bytes.data()), ip.bytes.size()});
}

Limits::Limits(const AuthSettings& settings)
    : address_failures_(settings.failure_memory, remembered), account_failures_(settings.failure_memory, remembered) {
  set(settings);
}

void Limits::set(const AuthSettings& settings) {
  if (settings.failure_memory != settings_.failure_memory) {
    address_failures_ = {settings.failure_memory, remembered};
    account_failures_ = {settings.failure_memory, remembered};
  }
  settings_ = settings;
  uncounted_.clear();
  for (const std::string& text : settings.uncounted_networks) {
    if (const auto network = IpNetwork::parse(text)) uncounted_.push_back(*network);
  }
}

bool Limits::counted(const IpAddress& peer) const {
  return std::ranges::none_of(uncounted_, [&](const IpNetwork& network) { return network.contains(peer); });
}

Result<void, std::string> Limits::connect(const IpAddress& peer, Instant now) {
  if (banned(peer, now)) return fail(std::string("Too many wrong passwords from your address, try again later"));
  if (connections_ >= static_cast<std::uint64_t>(settings_.max_connections))
    return fail(std::string("Too many connections, try again later"));
  if (counted(peer)) {
    std::uint32_t& address = by_address_[address_of(peer)];
    std::uint32_t& network = by_network_[network_of(peer)];
    const bool many = address >= settings_.connections_per_address;
    if (many || network >= settings_.connections_per_network) {
      if (address == 0) by_address_.erase(address_of(peer));
      if (network == 0) by_network_.erase(network_of(peer));
      return fail(std::string(many ? "Too many connections from your address" : "Too many connections from your network"));
    }
    ++address;
    ++network;
  }
  ++connections_;
  return {};
}

void Limits::disconnect(const IpAddress& peer) {
  --connections_;
  count_down(by_address_, address_of(peer));
  count_down(by_network_, network_of(peer));
}

bool Limits::open_session(const std::string& account, const IpAddress& peer) {
  if (!counted(peer)) return true;
  std::uint32_t& sessions = by_account_[account];
  if (sessions >= settings_.sessions_per_account) return false;
  ++sessions;
  return true;
}

void Limits::close_session(const std::string& account, const IpAddress& peer) {
  if (counted(peer)) count_down(by_account_, account);
}

bool Limits::banned(const IpAddress& peer, Instant now) {
  const Failures* failures = address_failures_.find(address_of(peer), now, false);
  return failures != nullptr && failures->banned_until > now;
}

Duration Limits::failed(const IpAddress& peer, const std::string& account, Instant now, bool& ban) {
  ban = false;
  const std::uint32_t of_account = account.empty() ? 0 : ++account_failures_.at(std::hash<std::string>{}(account), now);
  if (!counted(peer)) return delay_after(of_account);
  Failures& failures = address_failures_.at(address_of(peer), now);
  if (++failures.count >= settings_.failures_before_ban && failures.banned_until <= now) {
    failures.banned_until = now + settings_.ban_time;
    failures.count = 0;
    ban = true;
  }
  return delay_after(std::max(of_account, failures.count));
}

void Limits::succeeded(const std::string& account) { account_failures_.erase(std::hash<std::string>{}(account)); }

void Limits::forget() {
  address_failures_.clear();
  account_failures_.clear();
}

bool Limits::forget(const IpAddress& peer) {
  const bool known = address_failures_.find(address_of(peer), {}, false) != nullptr;
  address_failures_.erase(address_of(peer));
  return known;
}

Limits::State Limits::state(Instant now) const {
  std::map<IpAddress, AddressState> all;
  for (const auto& [ip, count] : by_address_) all[ip].connections = count;
  address_failures_.for_each([&](const IpAddress& ip, const Failures& failures) {
    AddressState& one = all[ip];
    one.failures = failures.count;
    if (failures.banned_until > now) one.banned_seconds = (failures.banned_until - now).seconds();
  });
  State state{connections_, by_account_.size(), {}};
  for (auto& [ip, one] : all) {
    if (state.addresses.size() == 1000) break;
    one.address = ip.text();
    state.addresses.push_back(std::move(one));
  }
  return state;
}

}  // namespace courier::auth
