// Limits: how many connections an address, a network and everybody together may have, how many sessions an account may
// have, and what happens to those who guess passwords. Counters only; the one who asks tells the time.
//
// An "address" is an IPv4 address or an IPv6 /64: who has one address of a /64 has them all. A "network" is an IPv4 /24 or
// an IPv6 /48. Wrong passwords are counted by address and by account. The more there were, the later a refusal is told; an
// address that goes on is banned for a time. An account is never banned: that would let anybody lock its owner out.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "daemons/auth/generations.h"
#include "runtime/address.h"
#include "settings/auth.h"

namespace courier::auth {

class Limits {
 public:
  explicit Limits(const AuthSettings& settings);
  // New numbers; what is counted stays.
  void set(const AuthSettings& settings);

  // Counts a connection. The error is the reason, for the client.
  [[nodiscard]] Result<void, std::string> connect(const IpAddress& peer, Instant now);
  void disconnect(const IpAddress& peer);

  // Counts a session of an account; false: it has too many.
  [[nodiscard]] bool open_session(const std::string& account, const IpAddress& peer);
  void close_session(const std::string& account, const IpAddress& peer);

  [[nodiscard]] bool banned(const IpAddress& peer, Instant now);
  // Counts a wrong password (`account` is empty when none was named). How long its refusal is to wait; `ban` is set when this one brought a ban.
  [[nodiscard]] Duration failed(const IpAddress& peer, const std::string& account, Instant now, bool& ban);
  // A right password: the account's failures are forgotten (the address's are not: it may have one account of its own).
  void succeeded(const std::string& account);
  // Lifts bans and forgets failures: of one address, or all.
  void forget();
  bool forget(const IpAddress& peer);

  struct AddressState {
    std::string address;
    std::uint64_t connections = 0;
    std::uint64_t failures = 0;
    std::int64_t banned_seconds = 0;
    template <class V>
    void fields(V& v) {
      v("address", address), v("connections", connections), v("failures", failures), v("banned_seconds", banned_seconds);
    }
  };
  struct State {
    std::uint64_t connections = 0;
    std::uint64_t accounts = 0;  // with a session
    std::vector<AddressState> addresses;  // at most 1000, by address
    template <class V>
    void fields(V& v) {
      v("connections", connections), v("accounts", accounts), v("addresses", addresses);
    }
  };
  [[nodiscard]] State state(Instant now) const;
  [[nodiscard]] std::uint64_t connections() const { return connections_; }

 private:
  struct Failures {
    std::uint32_t count = 0;
    Instant banned_until{};
  };
  struct HashAddress {
    std::size_t operator()(const IpAddress& ip) const;
  };
  [[nodiscard]] bool counted(const IpAddress& peer) const;

  AuthSettings settings_;
  std::vector<IpNetwork> uncounted_;
  std::uint64_t connections_ = 0;
  std::map<IpAddress, std::uint32_t> by_address_, by_network_;
  std::map<std::string, std::uint32_t> by_account_;
  Generations<IpAddress, Failures, HashAddress> address_failures_;
  Generations<std::size_t, std::uint32_t> account_failures_;  // by a hash of the name: a guesser chooses how long it is
};

}  // namespace courier::auth
