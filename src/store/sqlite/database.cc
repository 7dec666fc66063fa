#include "store/sqlite/database.h"

#include <sqlite3.h>

#include <utility>

#include "store/sqlite/error.h"
#include "store/sqlite/vfs.h"

namespace courier::sqlite {
namespace {

Result<sqlite3*> open_handle(const std::string& path, int flags, const char* vfs) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, vfs);
  if (code == SQLITE_OK) {
    sqlite3_extended_result_codes(handle, 1);
    return handle;
  }
  Error error = make_error(code, handle);
  error.text += " (" + path + ")";
  sqlite3_close(handle);
  return fail(std::move(error));
}

}  // namespace

struct Database::Place {
  std::unique_ptr<Vfs> vfs;
  int checkpoint_pages = 0;
  int wal_pages = 0;

  // After every commit in WAL mode. Takes the place of SQLite's own automatic checkpoint.
  static int committed(void* place, sqlite3* handle, const char* name, int pages) {
    Place& me = *static_cast<Place*>(place);
    me.wal_pages = pages;
    if (me.checkpoint_pages == 0 || pages < me.checkpoint_pages) return SQLITE_OK;
    // The commit stands whether or not this succeeds; the next commit tries again.
    sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    return SQLITE_OK;
  }
};

Database::Database(sqlite3* handle, std::unique_ptr<Place> place) : place_(std::move(place)), handle_(handle) {
  sqlite3_wal_hook(handle_, Place::committed, place_.get());
}

Database::Database(Database&& other) noexcept : place_(std::move(other.place_)), handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(place_, other.place_);
  std::swap(handle_, other.handle_);
  return *this;
}

Database::~Database() {
  // With statements left this refuses and the connection leaks: a bug of ours.
  if (handle_ != nullptr) CHECK(sqlite3_close(handle_) == SQLITE_OK);
}

Result<Database> Database::open(Disk& disk, const std::string& path, OpenOptions options) {
  auto place = std::make_unique<Place>();
  place->vfs = std::make_unique<Vfs>(disk);
  place->checkpoint_pages = options.checkpoint_pages;
  int flags = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (options.create && !options.read_only) flags |= SQLITE_OPEN_CREATE;
  auto handle = open_handle(path, flags, place->vfs->name());
  if (!handle) return fail(std::move(handle.error()));
  Database database(*handle, std::move(place));
  if (auto set = database.execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY"); !set) {
    return fail(std::move(set.error()));
  }
  return database;
}

Result<Database> Database::open_in_memory() {
  auto handle = open_handle(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  if (!handle) return fail(std::move(handle.error()));
  return Database(*handle, std::make_unique<Place>());
}

Result<void> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(make_error(code, handle_));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fail(make_error(code, handle_));
  return Statement(statement);
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return fail(std::move(statement.error()));
  auto row = statement->step();
  if (!row) return fail(std::move(row.error()));
  return *row ? statement->integer(0) : 0;
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_); }
std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

int Database::wal_pages() const { return place_->wal_pages; }

Result<void> Database::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(make_error(code, handle_));
  place_->wal_pages = 0;
  return {};
}

Result<void> Database::empty_log() {
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(make_error(code, handle_));
  place_->wal_pages = 0;
  return {};
}

Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return fail(std::move(begun.error()));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ != nullptr && database_->in_transaction()) {
    // Nothing is left to do when a rollback fails: the connection's next statement reports what is wrong.
    const auto undone = database_->execute("ROLLBACK");
    static_cast<void>(undone);
  }
}

Result<void> Transaction::commit() {
  auto done = database_->execute("COMMIT");
  if (!done) return done;  // the destructor rolls back
  database_ = nullptr;
  return {};
}

}  // namespace courier::sqlite
