// Mutations and lists of the account database.
#include "store/accounts/database.h"
#include "store/accounts/database_rows.h"

namespace courier::accounts {

namespace {

EditError error_of(EditFault fault, std::string text) { return {fault, std::move(text)}; }

sqlite::Result<void> insert_account(sqlite::Statement& insert, const Account& a) {
  return insert.run(a.address, a.password, a.scram, a.uid, a.gid, a.home, a.maildir, a.quota_bytes, a.quota_messages, a.options, a.name,
                    a.enabled, domain_of(a.address));
}

}  // namespace

Edited<> AccountDatabase::add_domain(const Domain& domain) {
  auto insert = database_.prepare("INSERT INTO domains(name, kind) VALUES(?, ?)");
  if (!insert) return fail(edit_error(insert.error()));
  if (auto done = insert->run(domain.name, static_cast<int>(domain.kind)); !done) {
    if (done.error().fault == sqlite::Fault::Constraint) return fail(error_of(EditFault::Exists, domain.name + " is there already"));
    return fail(edit_error(done.error()));
  }
  return {};
}

Edited<> AccountDatabase::remove_domain(std::string_view name) {
  auto used =
      database_.prepare("SELECT (SELECT count(*) FROM accounts WHERE domain = ?1) + (SELECT count(*) FROM aliases WHERE domain = ?1)");
  if (!used) return fail(edit_error(used.error()));
  const auto row = used->first(name);
  if (!row) return fail(edit_error(row.error()));
  if (const auto count = used->integer(0); count != 0) {
    return fail(error_of(EditFault::Invalid, std::string(name) + " still has " + std::to_string(count) + " accounts and aliases"));
  }
  auto remove = database_.prepare("DELETE FROM domains WHERE name = ?");
  if (!remove) return fail(edit_error(remove.error()));
  if (auto done = remove->run(name); !done) return fail(edit_error(done.error()));
  if (database_.changes() == 0) return fail(error_of(EditFault::NotFound, "no domain " + std::string(name)));
  return {};
}

Answered<std::vector<Domain>> AccountDatabase::domains() {
  auto select = database_.prepare("SELECT name, kind FROM domains ORDER BY name");
  if (!select) return fail(unavailable(select.error()));
  std::vector<Domain> all;
  auto row = select->step();
  for (; row && *row; row = select->step()) {
    all.push_back({std::string(select->text(0)), select->integer(1) == 1 ? DomainKind::Relayed : DomainKind::Hosted});
  }
  if (!row) return fail(unavailable(row.error()));
  return all;
}

Edited<> AccountDatabase::require_hosted(std::string_view address) {
  const auto kind = find_domain(domain_of(address));
  if (!kind) return fail(error_of(EditFault::Unavailable, kind.error().text));
  if (*kind == DomainKind::Hosted) return {};
  return fail(error_of(EditFault::Invalid, std::string(domain_of(address)) + " is not a hosted domain; add it first"));
}

Edited<> AccountDatabase::add_accounts(const std::vector<Account>& accounts) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return fail(edit_error(transaction.error()));
  auto insert =
      database_.prepare(std::string("INSERT INTO accounts(") + account_columns + ", domain) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return fail(edit_error(insert.error()));
  for (const Account& account : accounts) {
    if (auto hosted = require_hosted(account.address); !hosted) return hosted;
    if (auto done = insert_account(*insert, account); !done) {
      if (done.error().fault == sqlite::Fault::Constraint) return fail(error_of(EditFault::Exists, account.address + " is there already"));
      return fail(edit_error(done.error()));
    }
  }
  if (auto done = transaction->commit(); !done) return fail(edit_error(done.error()));
  return {};
}

Edited<> AccountDatabase::update_account(const Account& a) {
  auto update = database_.prepare(
      "UPDATE accounts SET password = ?2, scram = ?3, uid = ?4, gid = ?5, home = ?6, maildir = ?7, quota_bytes = ?8, "
      "quota_messages = ?9, options = ?10, name = ?11, enabled = ?12 WHERE address = ?1");
  if (!update) return fail(edit_error(update.error()));
  if (auto done = update->run(a.address, a.password, a.scram, a.uid, a.gid, a.home, a.maildir, a.quota_bytes, a.quota_messages, a.options,
                              a.name, a.enabled);
      !done) {
    return fail(edit_error(done.error()));
  }
  if (database_.changes() == 0) return fail(error_of(EditFault::NotFound, "no account " + a.address));
  return {};
}

Edited<> AccountDatabase::replace_credential(std::string_view address, std::string_view old, const Credential& credential) {
  auto update = database_.prepare("UPDATE accounts SET password = ?3, scram = ?4 WHERE address = ?1 AND password = ?2");
  if (!update) return fail(edit_error(update.error()));
  if (auto done = update->run(address, old, credential.password, credential.scram); !done) return fail(edit_error(done.error()));
  if (database_.changes() == 0) return fail(error_of(EditFault::NotFound, "the password of " + std::string(address) + " has changed"));
  return {};
}

Edited<> AccountDatabase::remove_account(std::string_view address) {
  auto remove = database_.prepare("DELETE FROM accounts WHERE address = ?");
  if (!remove) return fail(edit_error(remove.error()));
  if (auto done = remove->run(address); !done) return fail(edit_error(done.error()));
  if (database_.changes() == 0) return fail(error_of(EditFault::NotFound, "no account " + std::string(address)));
  return {};
}

Answered<std::vector<Account>> AccountDatabase::accounts(const Page& page) {
  auto select = database_.prepare(std::string("SELECT ") + account_columns +
                                  " FROM accounts WHERE address > ?1 AND (?2 = '' OR domain = ?2) ORDER BY address LIMIT ?3");
  if (!select) return fail(unavailable(select.error()));
  select->bind_all(page.after, page.domain, page.most);
  std::vector<Account> all;
  auto row = select->step();
  for (; row && *row; row = select->step()) all.push_back(read_account(*select));
  if (!row) return fail(unavailable(row.error()));
  return all;
}

Edited<> AccountDatabase::set_alias(const Alias& alias) {
  const auto kind = find_domain(domain_of(alias.address));
  if (!kind) return fail(error_of(EditFault::Unavailable, kind.error().text));
  if (!*kind) return fail(error_of(EditFault::Invalid, std::string(domain_of(alias.address)) + " is not a domain of ours; add it first"));
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return fail(edit_error(transaction.error()));
  auto name = database_.prepare("INSERT INTO aliases(address, domain) VALUES(?, ?) ON CONFLICT DO NOTHING");
  auto clear = database_.prepare("DELETE FROM members WHERE address = ?");
  auto insert = database_.prepare("INSERT INTO members(address, position, member) VALUES(?, ?, ?)");
  if (!name || !clear || !insert) return fail(error_of(EditFault::Unavailable, "account database: aliases"));
  if (auto done = name->run(alias.address, domain_of(alias.address)); !done) return fail(edit_error(done.error()));
  if (auto done = clear->run(alias.address); !done) return fail(edit_error(done.error()));
  std::int64_t position = 0;
  for (const std::string& member : alias.members) {
    if (auto done = insert->run(alias.address, ++position, member); !done) return fail(edit_error(done.error()));
  }
  if (auto done = transaction->commit(); !done) return fail(edit_error(done.error()));
  return {};
}

Edited<> AccountDatabase::remove_alias(std::string_view address) {
  auto remove = database_.prepare("DELETE FROM aliases WHERE address = ?");
  if (!remove) return fail(edit_error(remove.error()));
  if (auto done = remove->run(address); !done) return fail(edit_error(done.error()));
  if (database_.changes() == 0) return fail(error_of(EditFault::NotFound, "no alias " + std::string(address)));
  return {};
}

Answered<std::vector<Alias>> AccountDatabase::aliases(const Page& page) {
  auto select = database_.prepare("SELECT address FROM aliases WHERE address > ?1 AND (?2 = '' OR domain = ?2) ORDER BY address LIMIT ?3");
  if (!select) return fail(unavailable(select.error()));
  select->bind_all(page.after, page.domain, page.most);
  std::vector<Alias> all;
  auto row = select->step();
  for (; row && *row; row = select->step()) all.push_back({std::string(select->text(0)), {}});
  if (!row) return fail(unavailable(row.error()));
  for (Alias& alias : all) {
    auto members = find_alias(alias.address);
    if (!members) return fail(members.error());
    if (*members) alias.members = std::move(**members);
  }
  return all;
}

}  // namespace courier::accounts
