#include "store/sqlite/database.h"

#include <sqlite3.h>

#include <cerrno>
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

// The same bytes at the same place, and synced.
DiskResult<void> rewrite(Disk& disk, const std::string& path) {
  const auto file = disk.open(path, OpenMode::ReadWrite);
  if (!file) return fail(file.error());
  std::string part(256 << 10, '\0');
  for (std::uint64_t at = 0;;) {
    const auto read = (*file)->read_at(at, part);
    if (!read) return fail(read.error());
    if (*read == 0) return (*file)->sync();
    if (auto done = (*file)->write_at(at, std::string_view(part).substr(0, *read)); !done) return done;
    at += *read;
  }
}

// A sync that fails now is tried again from the start. A disk that is full, where overwriting takes space, must not keep a daemon from
// starting.
DiskResult<void> write_again(Disk& disk, const std::string& path) {
  constexpr int attempts = 3;
  DiskResult<void> done;
  for (int i = 0; i < attempts; ++i) {
    done = rewrite(disk, path);
    if (done || done.error().os_error == ENOENT || done.error().os_error == ENOSPC) return {};
  }
  return done;
}

}  // namespace

struct Database::Place {
  std::unique_ptr<Vfs> vfs;
  int checkpoint_pages = 0;
  Safe safe = Safe::EachCommit;
  int wal_pages = 0;

  // After every commit in WAL mode. Takes the place of SQLite's own automatic checkpoint.
  static int committed(void* place, sqlite3* handle, const char* name, int pages) {
    Place& me = *static_cast<Place*>(place);
    me.wal_pages = pages;
    if (me.checkpoint_pages == 0 || pages < me.checkpoint_pages) return SQLITE_OK;
    const int code = sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    // Where each commit was synced it stands whether or not this succeeds, and the next one tries again. Else what this should have
    // synced may be lost, and a second try would not know of it.
    return me.safe == Safe::EachCommit ? SQLITE_OK : code;
  }
};

Database::Database(sqlite3* handle, std::unique_ptr<Place> place) : place_(std::move(place)), handle_(handle) {
  sqlite3_wal_hook(handle_, Place::committed, place_.get());
}

Database::Database(Database&& other) noexcept
    : place_(std::move(other.place_)),
      handle_(std::exchange(other.handle_, nullptr)),
      begin_(std::exchange(other.begin_, std::nullopt)),
      commit_(std::exchange(other.commit_, std::nullopt)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(place_, other.place_);
  std::swap(handle_, other.handle_);
  std::swap(begin_, other.begin_);
  std::swap(commit_, other.commit_);
  return *this;
}

Database::~Database() {
  begin_.reset();
  commit_.reset();
  // With statements left this refuses and the connection leaks: a bug of ours.
  if (handle_ != nullptr) CHECK(sqlite3_close(handle_) == SQLITE_OK);
}

Result<Database> Database::open(Disk& disk, const std::string& path, OpenOptions options) {
  auto database = open_file(disk, path, options.create);
  if (!database) return database;
  database->place_->checkpoint_pages = options.checkpoint_pages;
  database->place_->safe = options.safe;
  Result<void> ready = database->use_log(options);
  if (!ready) {
    ready.error().text += " (" + path + ")";
    return fail(std::move(ready.error()));
  }
  // The file is locked now: no other process writes its log.
  if (auto written = write_again(disk, path + "-wal"); !written)
    return fail(Error{.fault = Fault::Io, .code = 0, .text = to_string(written.error())});
  return database;
}

Result<Database> Database::open_damaged(Disk& disk, const std::string& path) { return open_file(disk, path, false); }

Result<Database> Database::open_file(Disk& disk, const std::string& path, bool create) {
  auto place = std::make_unique<Place>();
  place->vfs = std::make_unique<Vfs>(disk);
  auto handle = open_handle(path, SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), place->vfs->name());
  if (!handle) return fail(std::move(handle.error()));
  Database database(*handle, std::move(place));
  if (auto set = database.execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY"); !set) {
    return fail(std::move(set.error()));
  }
  return database;
}

// The form of a new file is fixed by its first page, so before the log, which writes it. Said again, auto_vacuum would be written again.
Result<void> Database::use_log(const OpenOptions& options) {
  const auto pages = integer("PRAGMA page_count");
  if (!pages) return fail(pages.error());
  std::string pragmas;
  if (*pages == 0 && options.page_size != 0) pragmas += "PRAGMA page_size=" + std::to_string(options.page_size) + ";";
  if (*pages == 0 && options.incremental_vacuum) pragmas += "PRAGMA auto_vacuum=INCREMENTAL;";
  pragmas += "PRAGMA journal_mode=WAL;PRAGMA synchronous=";
  pragmas += options.safe == Safe::EachCommit ? "FULL" : "NORMAL";
  return execute(pragmas);
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

Result<void> Database::run_kept(std::optional<Statement>& kept, const char* sql) {
  if (!kept) {
    auto prepared = prepare(sql);
    if (!prepared) return fail(std::move(prepared.error()));
    kept = std::move(*prepared);
  }
  return kept->run();
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

Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.run_kept(database.begin_, "BEGIN IMMEDIATE"); !begun) return fail(std::move(begun.error()));
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
  auto done = database_->run_kept(database_->commit_, "COMMIT");
  if (!done) return done;  // the destructor rolls back
  database_ = nullptr;
  return {};
}

}  // namespace courier::sqlite
