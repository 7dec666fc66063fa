// AccountStore: the account database for the event loop. The database works on a thread of its own; what was found is
// remembered for a few seconds, and forgotten at once when something changes. What was not found is never remembered.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemons/auth/generations.h"
#include "runtime/loop.h"
#include "runtime/pool.h"
#include "settings/auth.h"
#include "store/accounts/admin.h"
#include "store/accounts/database.h"

namespace courier::auth {

using AccountPtr = std::shared_ptr<const accounts::Account>;
using ResolutionPtr = std::shared_ptr<const accounts::Resolution>;

// How names are read and passwords stored, from settings and what the supervisor told.
[[nodiscard]] accounts::Administration make_administration(const AuthSettings& settings, const control::Start& start);

class AccountStore {
 public:
  // `pool` has one thread and outlives the store.
  AccountStore(Loop& loop, Pool& pool, std::unique_ptr<accounts::AccountDatabase> database, const AuthSettings& settings,
               const control::Start& start);
  void set(const AuthSettings& settings, const control::Start& start);

  [[nodiscard]] const accounts::Administration& how() const { return *how_; }
  [[nodiscard]] std::string canonical(std::string_view address) const { return accounts::canonical_address(address, how_->naming); }
  // Random bytes that belong to this database.
  [[nodiscard]] const std::string& secret() const { return database_->secret(); }
  // Every account can sign in with SCRAM.
  [[nodiscard]] bool scram_serves_all() const { return scram_serves_all_; }

  struct Found {
    bool available = true;
    AccountPtr account;  // null: there is none
  };
  // `address` is canonical.
  [[nodiscard]] Task<Found> find(std::string address);
  // Null: the database does not answer.
  [[nodiscard]] Task<ResolutionPtr> resolve(std::string address);
  // Aliases that list the address; empty also when the database does not answer.
  [[nodiscard]] Task<std::vector<std::string>> aliases_of(std::string address);
  // Answers when it is on stable storage and nothing remembered contradicts it.
  [[nodiscard]] Task<control::Answer> administer(std::string verb, std::vector<std::string> arguments);
  // Nothing happens when the password has changed meanwhile.
  [[nodiscard]] Task<> replace_credential(std::string address, std::string old, accounts::Credential credential);

 private:
  using Database = std::shared_ptr<accounts::AccountDatabase>;
  using How = std::shared_ptr<const accounts::Administration>;
  // Everything remembered is void.
  void changed();

  Loop& loop_;
  Pool& pool_;
  Database database_;
  How how_;
  bool scram_serves_all_ = false;
  std::uint64_t version_ = 0;  // of the database; an answer that began under an older one is not remembered
  Generations<std::string, AccountPtr> accounts_;
  Generations<std::string, ResolutionPtr> resolutions_;
  // The last large list asked for: it is asked for again and again, chunk by chunk.
  struct LargeList {
    std::string address;
    ResolutionPtr resolution;
    Instant until{};
  } large_;
};

}  // namespace courier::auth
