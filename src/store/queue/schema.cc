#include "store/queue/schema.h"

#include <string>

namespace courier::spool {
namespace {

// secure_delete: Debian's default ON writes every deleted body again.
const char* const pragmas = "PRAGMA secure_delete=OFF;PRAGMA cache_size=-32768;PRAGMA mmap_size=0;PRAGMA foreign_keys=OFF;";

// message   one row a message that is here; `body` is 0 when its `bytes` are in this row, or else the number of a row in `body`
// body      a body that is a file, or that `links` messages share; its number is that of the message it came with
// schedule  messages that wait on disk; a message without a row is in the daemon's hands, or was when it stopped
// name      every queue id known: messages here and those of the history
// history   messages that have left, until they age out
// claim     addresses served while a large list is expanded, so that none is served twice
const char* const tables =
    "CREATE TABLE message(number INTEGER PRIMARY KEY, body INTEGER NOT NULL, size INTEGER NOT NULL, id TEXT NOT NULL, record BLOB NOT NULL,"
    " bytes BLOB);"
    "CREATE TABLE body(number INTEGER PRIMARY KEY, links INTEGER NOT NULL, size INTEGER NOT NULL, file TEXT, bytes BLOB);"
    "CREATE TABLE schedule(number INTEGER PRIMARY KEY, due INTEGER NOT NULL, state BLOB NOT NULL);"
    "CREATE INDEX schedule_due ON schedule(due);"
    "CREATE TABLE name(id TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE unique_key(key TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE history(number INTEGER PRIMARY KEY, ended INTEGER NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL, events BLOB NOT NULL);"
    "CREATE TABLE claim(message INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY(message, key)) WITHOUT ROWID;"
    "CREATE TABLE fact(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;";

}  // namespace

sqlite::Result<void> prepare_schema(sqlite::Database& database) {
  if (auto set = database.execute(pragmas); !set) return set;
  const auto version = database.integer("PRAGMA user_version");
  if (!version) return fail(version.error());
  if (*version == schema_version) return {};
  if (*version != 0) {
    return fail(sqlite::Error{
        .fault = sqlite::Fault::Other,
        .code = 0,
        .text = "the spool has version " + std::to_string(*version) + ", this program knows " + std::to_string(schema_version)});
  }
  auto transaction = sqlite::Transaction::begin(database);
  if (!transaction) return fail(transaction.error());
  if (auto made = database.execute(std::string(tables) + "PRAGMA user_version=" + std::to_string(schema_version)); !made) return made;
  return transaction->commit();
}

}  // namespace courier::spool
