// Passwords: checking them within a bound of memory, at equal cost for users that exist and users that don't.
#pragma once

#include <string>

#include "daemons/auth/account_store.h"
#include "daemons/auth/hash_gate.h"
#include "runtime/task_group.h"

namespace courier::auth {

class Passwords {
 public:
  // `pool` hashes; both outlive this.
  Passwords(Loop& loop, Pool& pool, AccountStore& store, const AuthSettings& settings);
  void set(const AuthSettings& settings);

  enum class Outcome { Right, Wrong, TooBusy };
  // `account` may be null (an unknown user): then a password that nobody has is checked instead.
  // After Right a password that is stored in an old form, or without SCRAM verifier, is stored anew in the background.
  [[nodiscard]] Task<Outcome> check(AccountPtr account, std::string password);

 private:
  [[nodiscard]] std::string fingerprint(const accounts::Account& account, std::string_view password) const;
  Task<> store_anew(AccountPtr account, std::string password);

  Loop& loop_;
  AccountStore& store_;
  HashGate gate_;
  std::string dummy_;  // a stored form at today's cost
  std::string key_;    // of fingerprints; lives as long as the process
  bool remembers_;
  Generations<std::string, std::string> recent_;  // address -> fingerprint of the stored form and the password that was right
  TaskGroup background_;
};

}  // namespace courier::auth
