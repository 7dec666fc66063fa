// SignIn: connections and sign-ins (contracts/auth.h).
//
// A connection belongs to the peer that opened it: nobody else may sign in on it or end it, except the mailbox process
// that it was granted to. A sign-in that fails is told late, the later the more there were before; unknown users, wrong
// passwords and disabled accounts are told alike.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "contracts/auth.h"
#include "daemons/auth/account_store.h"
#include "daemons/auth/limits.h"
#include "daemons/auth/mailboxes.h"
#include "daemons/auth/passwords.h"
#include "daemons/auth/probe.h"
#include "wire/sasl/server.h"

namespace courier::auth {

class SignIn {
 public:
  struct Parts {
    Loop& loop;
    AccountStore& store;
    Passwords& passwords;
    Limits& limits;
    Mailboxes& mailboxes;
    Probe& probe;
  };
  SignIn(Parts parts, const AuthSettings& settings);
  void set(const AuthSettings& settings) { settings_ = settings; }

  [[nodiscard]] ConnectedReply connected(const std::string& owner, const Connected& request);
  void disconnected(const std::string& owner, std::uint64_t connection);
  [[nodiscard]] Task<SaslReply> begin(std::string owner, SaslBegin request);
  [[nodiscard]] Task<SaslReply> proceed(std::string owner, SaslContinue request);
  // The process at the other end is a new one: connections of the old one are gone.
  void restarted(const std::string& owner);

 private:
  struct Connection {
    std::string owner;
    std::string granted;   // mailbox process that it was handed to; empty: none
    Service service = Service::Smtp;
    IpAddress peer;
    std::string peer_text;
    std::string account;   // whose session is counted; empty: nobody's
    std::uint64_t exchange = 0;
  };
  // One sign-in under way; its machine waits for the client.
  struct Exchange {
    std::uint64_t connection = 0;
    std::string owner;
    std::string mechanism;
    Service service = Service::Smtp;
    IpAddress peer;
    std::string peer_text;
    bool tls = false;
    std::unique_ptr<sasl::ServerExchange> machine;
    std::string user;      // canonical where it is an address, once known
    AccountPtr account;    // SCRAM: whose verifier is in use
    bool proven = false;   // SCRAM: only the client's empty response is missing
  };

  [[nodiscard]] Connection* find(std::uint64_t connection, const std::string& owner);
  void forget(std::uint64_t connection);
  [[nodiscard]] std::vector<std::string> mechanisms(Service service, const IpAddress& peer, bool tls) const;
  [[nodiscard]] Task<SaslReply> advance(Exchange exchange, sasl::ServerAnswer answer);
  [[nodiscard]] SaslReply challenge(Exchange exchange, std::string data);
  [[nodiscard]] Task<SaslReply> check_password(Exchange exchange, sasl::CheckPassword question);
  [[nodiscard]] Task<Result<sasl::ScramVerifier, Step>> verifier_for(Exchange& exchange, const sasl::NeedVerifier& question);
  [[nodiscard]] Task<SaslReply> admit(Exchange exchange, AccountPtr account);
  [[nodiscard]] Task<Result<std::string, std::string>> open_mailbox(const Exchange& exchange, const accounts::Account& account,
                                                                    std::uint64_t ticket);
  [[nodiscard]] Task<SaslReply> denied(Exchange exchange, std::string why);
  [[nodiscard]] SaslReply ended(const Exchange& exchange, Step step, std::string reason);
  [[nodiscard]] std::string refusal(const Exchange& exchange, const accounts::Account& account) const;

  Parts parts_;
  AuthSettings settings_;
  // From a random start: after a restart nobody's old number is another's new one.
  std::uint64_t last_connection_, last_exchange_;
  std::unordered_map<std::uint64_t, Connection> connections_;
  std::unordered_map<std::uint64_t, Exchange> exchanges_;
};

}  // namespace courier::auth
