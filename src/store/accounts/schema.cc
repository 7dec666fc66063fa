#include "store/accounts/schema.h"

#include <string>

#include "runtime/random.h"

namespace courier::accounts {

namespace {

// "COUR": `file` and other tools recognise the database by it.
constexpr const char* tables = R"(
  PRAGMA application_id = 0x434F5552;
  CREATE TABLE secrets(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE domains(
    name TEXT PRIMARY KEY,
    kind INTEGER NOT NULL                -- 0 hosted, 1 relayed
  ) WITHOUT ROWID;
  CREATE TABLE accounts(
    address TEXT PRIMARY KEY,
    domain TEXT NOT NULL,
    password TEXT NOT NULL,
    scram TEXT NOT NULL,
    uid INTEGER NOT NULL, gid INTEGER NOT NULL,
    home TEXT NOT NULL, maildir TEXT NOT NULL,
    quota_bytes INTEGER NOT NULL, quota_messages INTEGER NOT NULL,
    options TEXT NOT NULL,
    name TEXT NOT NULL,
    enabled INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX accounts_by_domain ON accounts(domain, address);
  CREATE INDEX accounts_without_scram ON accounts(address) WHERE enabled AND password <> '' AND scram = '';
  CREATE TABLE aliases(address TEXT PRIMARY KEY, domain TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX aliases_by_domain ON aliases(domain, address);
  CREATE TABLE members(
    address TEXT NOT NULL REFERENCES aliases(address) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    member TEXT NOT NULL,
    PRIMARY KEY(address, position)
  ) WITHOUT ROWID;
  CREATE INDEX members_by_member ON members(member, address);
  PRAGMA user_version = 1;
)";

sqlite::Result<void> create(sqlite::Database& database) {
  auto transaction = sqlite::Transaction::begin(database);
  if (!transaction) return fail(transaction.error());
  if (auto done = database.execute(tables); !done) return done;
  auto insert = database.prepare("INSERT INTO secrets VALUES('salt', ?)");
  if (!insert) return fail(insert.error());
  const std::string secret = random_bytes(32);
  if (auto done = insert->run(sqlite::Blob{secret}); !done) return done;
  return transaction->commit();
}

}  // namespace

courier::Result<void, std::string> prepare_schema(sqlite::Database& database) {
  if (auto done = database.execute("PRAGMA foreign_keys=ON"); !done) {
    return fail(done.error().text);
  }
  const auto version = database.integer("PRAGMA user_version");
  if (!version) return fail(version.error().text);
  if (*version == schema_version) return {};
  if (*version > schema_version) {
    return fail("its version is " + std::to_string(*version) + ", this program knows up to " + std::to_string(schema_version));
  }
  if (auto done = create(database); !done) return fail(done.error().text);
  return {};
}

}  // namespace courier::accounts
