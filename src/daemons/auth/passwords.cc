#include "daemons/auth/passwords.h"

#include <memory>

#include "base/check.h"
#include "runtime/random.h"
#include "store/accounts/password.h"
#include "wire/sasl/saslprep.h"
#include "wire/sasl/scram_keys.h"

namespace courier::auth {

namespace {
constexpr std::size_t remembered = 20'000;
}

Passwords::Passwords(Loop& loop, Pool& pool, AccountStore& store, const AuthSettings& settings)
    : loop_(loop),
      store_(store),
      gate_(loop, pool, static_cast<std::uint64_t>(settings.password_memory >> 10)),
      key_(random_bytes(32)),
      recent_(settings.password_cache, remembered),
      background_(loop, no_exceptions()) {
  set(settings);
}

void Passwords::set(const AuthSettings& settings) {
  dummy_ = accounts::make_credential(random_bytes(16), store_.how().cost).password;
  remembers_ = settings.password_cache.nanoseconds > 0;
  recent_ = {settings.password_cache, remembered};
}

std::string Passwords::fingerprint(const accounts::Account& account, std::string_view password) const {
  return sasl::hmac_sha256(key_, account.password + '\0' + std::string(password));
}

Task<Passwords::Outcome> Passwords::check(AccountPtr account, std::string password) {
  const bool real = account && account->enabled && !account->password.empty();
  std::string print;
  if (real && remembers_) {
    print = fingerprint(*account, password);
    const std::string* known = recent_.find(account->address, loop_.now(), false);
    if (known != nullptr && sasl::equal_in_constant_time(*known, print)) co_return Outcome::Right;
  }
  const auto right = std::make_shared<bool>(false);
  const std::string stored = real ? account->password : dummy_;
  const bool done = co_await gate_.run(accounts::memory_to_verify(stored),
                                       [right, stored, password] { *right = accounts::verify_password(stored, password); });
  if (!done) co_return Outcome::TooBusy;
  if (!real || !*right) co_return Outcome::Wrong;
  if (remembers_) recent_.at(account->address, loop_.now()) = std::move(print);
  const bool no_verifier = account->scram.empty() && sasl::saslprep(password, sasl::Prepare::Query).has_value();
  if (no_verifier || accounts::needs_rehash(account->password, store_.how().cost)) {
    background_.spawn(store_anew(account, std::move(password)));
  }
  co_return Outcome::Right;
}

Task<> Passwords::store_anew(AccountPtr account, std::string password) {
  const auto made = std::make_shared<accounts::Credential>();
  const accounts::HashCost cost = store_.how().cost;
  const bool done = co_await gate_.run(cost.memory_kib, [made, cost, password] { *made = accounts::make_credential(password, cost); });
  if (done) co_await store_.replace_credential(account->address, account->password, *made);
}

}  // namespace courier::auth
