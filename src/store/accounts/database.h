// AccountDatabase: the embedded account database (SQLite). One thread at a time; every call blocks. A mutation that came
// back without an error is on stable storage.
//
// Addresses and domain names are given in canonical form (resolve.h); nothing is folded here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/accounts/password.h"
#include "store/accounts/source.h"
#include "store/sqlite/database.h"

namespace courier::accounts {

enum class EditFault {
  Exists,       // that address or domain is there already
  NotFound,     // no such account, alias or domain
  Invalid,      // breaks a rule: `text` says which
  Unavailable,  // the database does not answer; `text` is for the log
};
struct EditError {
  EditFault fault = EditFault::Unavailable;
  std::string text;
};
template <class T = void>
using Edited = courier::Result<T, EditError>;

struct Alias {
  std::string address;               // "@example.org": catch-all
  std::vector<std::string> members;  // none: mail is accepted and dropped
  bool operator==(const Alias&) const = default;
};

// Part of a list in the order of addresses: those of `domain` (empty: all) that come after `after`, at most `most`.
struct Page {
  std::string domain;
  std::string after;
  std::uint32_t most = 1000;
};

class AccountDatabase final : public AccountSource {
 public:
  // Makes the file when it is missing; its folder exists. `disk` outlives the database. The error names the file and why.
  [[nodiscard]] static courier::Result<std::unique_ptr<AccountDatabase>, std::string> open(Disk& disk, const std::string& path);
  [[nodiscard]] static courier::Result<std::unique_ptr<AccountDatabase>, std::string> open_in_memory();

  Answered<std::optional<Account>> find_account(std::string_view address) override;
  Answered<std::optional<std::vector<std::string>>> find_alias(std::string_view address) override;
  Answered<std::optional<DomainKind>> find_domain(std::string_view name) override;
  Answered<std::vector<std::string>> find_aliases_of(std::string_view address) override;
  Answered<bool> scram_serves_all() override;

  [[nodiscard]] Edited<> add_domain(const Domain& domain);
  // Refused while accounts or aliases are in it.
  [[nodiscard]] Edited<> remove_domain(std::string_view name);
  [[nodiscard]] Answered<std::vector<Domain>> domains();

  // All or none, in one transaction. The domain of each must be hosted.
  [[nodiscard]] Edited<> add_accounts(const std::vector<Account>& accounts);
  // Every field of an account that is there.
  [[nodiscard]] Edited<> update_account(const Account& account);
  // Only if the stored password still is `old`: between a check and its re-hash the user may have changed it.
  [[nodiscard]] Edited<> replace_credential(std::string_view address, std::string_view old, const Credential& credential);
  [[nodiscard]] Edited<> remove_account(std::string_view address);
  [[nodiscard]] Answered<std::vector<Account>> accounts(const Page& page);

  // Makes the alias or replaces its members.
  [[nodiscard]] Edited<> set_alias(const Alias& alias);
  [[nodiscard]] Edited<> remove_alias(std::string_view address);
  [[nodiscard]] Answered<std::vector<Alias>> aliases(const Page& page);

  // Random bytes made with the database: unknown users get their made-up salts from it, the same ones for ever.
  [[nodiscard]] const std::string& secret() const { return secret_; }

 private:
  explicit AccountDatabase(sqlite::Database database) : database_(std::move(database)) {}
  [[nodiscard]] static courier::Result<std::unique_ptr<AccountDatabase>, std::string> make(sqlite::Result<sqlite::Database> opened,
                                                                                           const std::string& path);
  [[nodiscard]] sqlite::Result<void> prepare_lookups();
  [[nodiscard]] Edited<> require_hosted(std::string_view address);

  sqlite::Database database_;
  sqlite::Statement find_account_, find_alias_, find_members_, find_aliases_of_, find_domain_, without_scram_, with_password_;
  std::string secret_;
};

}  // namespace courier::accounts
