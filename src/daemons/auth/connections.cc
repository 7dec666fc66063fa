// SignIn: connections and what is offered on them.
#include <algorithm>
#include <vector>

#include "daemons/auth/peers.h"
#include "daemons/auth/sign_in.h"
#include "runtime/random.h"

namespace courier::auth {

namespace {

// No address: a Unix socket, so a program on this machine.
IpAddress address_of(const std::string& text) {
  if (const auto ip = IpAddress::parse(text)) return *ip;
  return IpAddress::v4(0x7F000001);
}

bool is_scram(std::string_view mechanism) { return mechanism.starts_with("SCRAM-"); }

}  // namespace

SignIn::SignIn(Parts parts, const AuthSettings& settings)
    : parts_(parts), settings_(settings), last_connection_(random_u64() >> 1), last_exchange_(random_u64() >> 1) {}

ConnectedReply SignIn::connected(const std::string& owner, const Connected& request) {
  ConnectedReply reply;
  if (!may_serve(owner, request.service)) {
    parts_.probe.broke_authority(owner, std::string("connection for service ") + to_string(request.service));
    reply.reason = "Service not available";
    return reply;
  }
  const IpAddress peer = address_of(request.peer);
  if (auto allowed = parts_.limits.connect(peer, parts_.loop.now()); !allowed) {
    parts_.probe.refused_connection(request.service, peer, allowed.error());
    reply.reason = allowed.error();
    return reply;
  }
  reply.allowed = true;
  reply.connection = ++last_connection_;
  reply.mechanisms_plain = mechanisms(request.service, peer, false);
  reply.mechanisms_tls = mechanisms(request.service, peer, true);
  connections_[reply.connection] = Connection{owner, {}, request.service, peer, request.peer, {}, 0};
  parts_.probe.connections(parts_.limits.connections());
  return reply;
}

std::vector<std::string> SignIn::mechanisms(Service service, const IpAddress& peer, bool tls) const {
  if (service == Service::Smtp) return {};
  const bool open = settings_.without_tls == "always" || (settings_.without_tls == "loopback" && peer.is_loopback());
  if (!tls && !open) return {};
  std::vector<std::string> offered;
  for (const std::string& mechanism : settings_.mechanisms) {
    if (is_scram(mechanism) && !parts_.store.scram_serves_all()) continue;
    if (!tls && mechanism == "SCRAM-SHA-256-PLUS") continue;
    offered.push_back(mechanism);
  }
  return offered;
}

SignIn::Connection* SignIn::find(std::uint64_t connection, const std::string& owner) {
  const auto found = connections_.find(connection);
  return found == connections_.end() || found->second.owner != owner ? nullptr : &found->second;
}

void SignIn::disconnected(const std::string& owner, std::uint64_t connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;  // both ends may report the end of a handed-over connection
  if (found->second.owner != owner && found->second.granted != owner) {
    parts_.probe.broke_authority(owner, "ended a connection of " + found->second.owner);
    return;
  }
  forget(connection);
}

void SignIn::forget(std::uint64_t connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  const Connection& gone = found->second;
  if (!gone.account.empty()) parts_.limits.close_session(gone.account, gone.peer);
  parts_.limits.disconnect(gone.peer);
  exchanges_.erase(gone.exchange);
  connections_.erase(found);
  parts_.probe.connections(parts_.limits.connections());
}

void SignIn::restarted(const std::string& owner) {
  std::vector<std::uint64_t> gone;
  for (const auto& [number, connection] : connections_) {
    const bool handed_over = !connection.granted.empty();
    if (connection.granted == owner || (connection.owner == owner && !handed_over)) gone.push_back(number);
  }
  for (const std::uint64_t number : gone) forget(number);
}

}  // namespace courier::auth
