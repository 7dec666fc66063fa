#include "store/accounts/database.h"

#include "store/accounts/database_rows.h"
#include "store/accounts/schema.h"

namespace courier::accounts {

Account read_account(const sqlite::Statement& row) {
  Account account;
  account.address = row.text(0);
  account.password = row.text(1);
  account.scram = row.text(2);
  account.uid = static_cast<std::uint32_t>(row.integer(3));
  account.gid = static_cast<std::uint32_t>(row.integer(4));
  account.home = row.text(5);
  account.maildir = row.text(6);
  account.quota_bytes = static_cast<std::uint64_t>(row.integer(7));
  account.quota_messages = static_cast<std::uint64_t>(row.integer(8));
  account.options = row.text(9);
  account.name = row.text(10);
  account.enabled = row.integer(11) != 0;
  return account;
}

Unavailable unavailable(const sqlite::Error& error) { return {"account database: " + error.text}; }

EditError edit_error(const sqlite::Error& error) {
  return {error.fault == sqlite::Fault::Constraint ? EditFault::Exists : EditFault::Unavailable, "account database: " + error.text};
}

std::string_view domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
}

courier::Result<std::unique_ptr<AccountDatabase>, std::string> AccountDatabase::open(Disk& disk, const std::string& path) {
  return make(sqlite::Database::open(disk, path), path);
}

courier::Result<std::unique_ptr<AccountDatabase>, std::string> AccountDatabase::open_in_memory() {
  return make(sqlite::Database::open_in_memory(), "memory");
}

courier::Result<std::unique_ptr<AccountDatabase>, std::string> AccountDatabase::make(sqlite::Result<sqlite::Database> opened,
                                                                                     const std::string& path) {
  const std::string what = "account database " + path + ": ";
  if (!opened) return fail(what + opened.error().text);
  std::unique_ptr<AccountDatabase> database(new AccountDatabase(std::move(*opened)));
  if (auto ready = prepare_schema(database->database_); !ready) return fail(what + ready.error());
  if (auto ready = database->prepare_lookups(); !ready) return fail(what + ready.error().text);
  return database;
}

sqlite::Result<void> AccountDatabase::prepare_lookups() {
  struct Lookup {
    sqlite::Statement& statement;
    std::string sql;
  };
  const Lookup lookups[] = {
      {find_account_, std::string("SELECT ") + account_columns + " FROM accounts WHERE address = ?"},
      {find_alias_, "SELECT 1 FROM aliases WHERE address = ?"},
      {find_members_, "SELECT member FROM members WHERE address = ? ORDER BY position"},
      {find_aliases_of_, "SELECT DISTINCT address FROM members WHERE member = ? ORDER BY address LIMIT 1000"},
      {find_domain_, "SELECT kind FROM domains WHERE name = ?"},
      {without_scram_, "SELECT 1 FROM accounts WHERE enabled AND password <> '' AND scram = '' LIMIT 1"},
      {with_password_, "SELECT 1 FROM accounts WHERE enabled AND password <> '' LIMIT 1"},
  };
  for (const Lookup& lookup : lookups) {
    auto prepared = database_.prepare(lookup.sql);
    if (!prepared) return fail(prepared.error());
    lookup.statement = std::move(*prepared);
  }
  auto secret = database_.prepare("SELECT value FROM secrets WHERE name = 'salt'");
  if (!secret) return fail(secret.error());
  const auto row = secret->step();
  if (!row) return fail(row.error());
  if (*row) secret_ = secret->text(0);
  return {};
}

Answered<std::optional<Account>> AccountDatabase::find_account(std::string_view address) {
  const auto row = find_account_.first(address);
  if (!row) return fail(unavailable(row.error()));
  std::optional<Account> found;
  if (*row) found = read_account(find_account_);
  find_account_.reset();
  return found;
}

Answered<std::optional<std::vector<std::string>>> AccountDatabase::find_alias(std::string_view address) {
  const auto known = find_alias_.first(address);
  if (!known) return fail(unavailable(known.error()));
  find_alias_.reset();
  if (!*known) return std::nullopt;
  std::vector<std::string> members;
  auto row = find_members_.first(address);
  for (; row && *row; row = find_members_.step()) members.emplace_back(find_members_.text(0));
  find_members_.reset();
  if (!row) return fail(unavailable(row.error()));
  return members;
}

Answered<std::vector<std::string>> AccountDatabase::find_aliases_of(std::string_view address) {
  std::vector<std::string> aliases;
  auto row = find_aliases_of_.first(address);
  for (; row && *row; row = find_aliases_of_.step()) aliases.emplace_back(find_aliases_of_.text(0));
  find_aliases_of_.reset();
  if (!row) return fail(unavailable(row.error()));
  return aliases;
}

Answered<std::optional<DomainKind>> AccountDatabase::find_domain(std::string_view name) {
  const auto row = find_domain_.first(name);
  if (!row) return fail(unavailable(row.error()));
  std::optional<DomainKind> kind;
  if (*row) kind = find_domain_.integer(0) == 1 ? DomainKind::Relayed : DomainKind::Hosted;
  find_domain_.reset();
  return kind;
}

Answered<bool> AccountDatabase::scram_serves_all() {
  const auto missing = without_scram_.first();
  if (!missing) return fail(unavailable(missing.error()));
  without_scram_.reset();
  const auto present = with_password_.first();
  if (!present) return fail(unavailable(present.error()));
  with_password_.reset();
  return !*missing && *present;
}

}  // namespace courier::accounts
