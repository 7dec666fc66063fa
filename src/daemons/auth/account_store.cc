#include "daemons/auth/account_store.h"

#include <optional>

namespace courier::auth {

namespace {
constexpr std::size_t remembered = 20'000;
// Of resolutions larger than this only one is remembered: memory is not free.
constexpr std::size_t large = 1'000;
constexpr Duration large_lifetime = minutes(1);
}  // namespace

accounts::Administration make_administration(const AuthSettings& settings, const control::Start& start) {
  accounts::Administration how;
  how.naming.default_domain = settings.default_domain.empty() ? start.host_name : settings.default_domain;
  how.naming.extension_separators = settings.extension_separators;
  how.naming.fold_local_parts = settings.fold_local_parts;
  how.naming.host_name = start.host_name;
  how.naming.postmaster = settings.postmaster;
  how.cost.scheme = settings.password_scheme == "yescrypt" ? accounts::Scheme::Yescrypt : accounts::Scheme::Argon2id;
  how.cost.memory_kib = static_cast<std::uint32_t>(settings.argon2_memory >> 10);
  how.cost.passes = static_cast<std::uint32_t>(settings.argon2_passes);
  how.mail_dir = start.mail_dir;
  how.shards = start.mailbox_shards;
  return how;
}

AccountStore::AccountStore(Loop& loop, Pool& pool, std::unique_ptr<accounts::AccountDatabase> database, const AuthSettings& settings,
                           const control::Start& start)
    : loop_(loop),
      pool_(pool),
      database_(std::move(database)),
      accounts_(settings.lookup_cache, remembered),
      resolutions_(settings.lookup_cache, remembered) {
  set(settings, start);
  scram_serves_all_ = database_->scram_serves_all().value_or(false);
}

void AccountStore::set(const AuthSettings& settings, const control::Start& start) {
  how_ = std::make_shared<const accounts::Administration>(make_administration(settings, start));
  accounts_ = {settings.lookup_cache, remembered};
  resolutions_ = {settings.lookup_cache, remembered};
  changed();
}

void AccountStore::changed() {
  accounts_.clear();
  resolutions_.clear();
  large_ = {};
  ++version_;
}

Task<AccountStore::Found> AccountStore::find(std::string address) {
  if (const AccountPtr* known = accounts_.find(address, loop_.now(), false)) co_return Found{true, *known};
  const std::uint64_t version = version_;
  const auto answer = co_await pool_.run([database = database_, address] { return database->find_account(address); });
  if (!answer) co_return Found{false, nullptr};
  if (!*answer) co_return Found{true, nullptr};
  const auto account = std::make_shared<const accounts::Account>(**answer);
  if (version == version_) accounts_.at(address, loop_.now()) = account;
  co_return Found{true, account};
}

Task<ResolutionPtr> AccountStore::resolve(std::string address) {
  if (const ResolutionPtr* known = resolutions_.find(address, loop_.now(), false)) co_return *known;
  if (large_.address == address && loop_.now() < large_.until) co_return large_.resolution;
  const std::uint64_t version = version_;
  auto answer =
      co_await pool_.run([database = database_, how = how_, address] { return accounts::resolve(*database, how->naming, address); });
  if (!answer) co_return nullptr;
  const auto resolution = std::make_shared<const accounts::Resolution>(std::move(*answer));
  if (resolution->meaning == accounts::Meaning::Targets && version == version_) {
    if (resolution->targets.size() > large) {
      large_ = {address, resolution, loop_.now() + large_lifetime};
    } else {
      resolutions_.at(address, loop_.now()) = resolution;
    }
  }
  co_return resolution;
}

Task<std::vector<std::string>> AccountStore::aliases_of(std::string address) {
  const auto answer = co_await pool_.run([database = database_, address] { return database->find_aliases_of(address); });
  co_return answer ? *answer : std::vector<std::string>{};
}

Task<control::Answer> AccountStore::administer(std::string verb, std::vector<std::string> arguments) {
  struct Done {
    control::Answer answer;
    bool scram = false;
  };
  const bool mutation = accounts::is_mutation(verb);
  auto done = co_await pool_.run([database = database_, how = how_, verb = std::move(verb), arguments = std::move(arguments)] {
    Done out;
    out.answer = accounts::administer(*database, *how, verb, arguments);
    out.scram = database->scram_serves_all().value_or(false);
    return out;
  });
  scram_serves_all_ = done.scram;
  if (mutation) changed();
  co_return std::move(done.answer);
}

Task<> AccountStore::replace_credential(std::string address, std::string old, accounts::Credential credential) {
  const auto scram = co_await pool_.run([database = database_, address = std::move(address), old = std::move(old),
                                         credential = std::move(credential)]() -> std::optional<bool> {
    if (!database->replace_credential(address, old, credential)) return std::nullopt;
    return database->scram_serves_all().value_or(false);
  });
  if (!scram) co_return;
  scram_serves_all_ = *scram;
  changed();
}

}  // namespace courier::auth
