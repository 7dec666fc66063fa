// SQLite as values and handles: Database, Statement, Transaction. Errors are Results; nothing throws.
//
// A Database is one connection on one Disk. All calls block: use it on a pool strand or the writer thread, by one thread at
// a time. It is the file's only connection (locking_mode=EXCLUSIVE; a second one, of any process, is told Busy), which is
// why WAL needs no shared memory. Temporary data stays in memory.
//
//   auto database = sqlite::Database::open(disk, path);
//   if (!database) ... database.error()
//   database->execute("CREATE TABLE IF NOT EXISTS t(k TEXT PRIMARY KEY, v BLOB)");
//   auto insert = database->prepare("INSERT INTO t VALUES(?, ?)");
//   auto done = insert->run("key", sqlite::Blob{bytes});
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/disk.h"

struct sqlite3;
struct sqlite3_stmt;

namespace courier::sqlite {

enum class Fault {
  Busy,        // another connection has the file
  Full,        // no space: nothing of the statement or transaction happened
  Io,          // the disk failed; the transaction was rolled back
  Corrupt,     // the file is damaged, or no database
  Constraint,  // UNIQUE, NOT NULL, CHECK, foreign key
  CannotOpen,
  Other,       // SQL that does not compile, misuse, out of memory
};
struct Error {
  Fault fault = Fault::Other;
  int code = 0;      // SQLite's extended result code
  std::string text;  // for the log
};
template <class T>
using Result = courier::Result<T, Error>;

// Bytes to be bound as a BLOB; a plain string is bound as TEXT.
struct Blob {
  std::string_view bytes;
};

// A prepared statement. Move-only; must not outlive its Database.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Parameters are numbered from 1. Strings and blobs are not copied: they must live until reset() or the end of run().
  // An error (too large, no such parameter) is reported by the next step().
  void bind(int index, std::int64_t value);
  void bind(int index, int value) { bind(index, std::int64_t{value}); }
  void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, std::uint32_t value) { bind(index, std::int64_t{value}); }
  void bind(int index, bool value) { bind(index, std::int64_t{value}); }
  void bind(int index, std::string_view text);
  void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
  void bind(int index, const char* text) { bind(index, std::string_view(text)); }
  void bind(int index, Blob blob);
  void bind(int index, std::nullptr_t);
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind(index, nullptr);
    }
  }
  // Resets, then binds parameters 1, 2, ...
  template <class... Values>
  void bind_all(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
  }

  // True: a row is there. False: the statement is done. After false or an error reset() before the next use.
  [[nodiscard]] Result<bool> step();
  // Resets, binds, steps to the end and resets again: for statements that give no rows.
  template <class... Values>
  [[nodiscard]] Result<void> run(const Values&... values) {
    bind_all(values...);
    return finish();
  }
  // Resets, binds and makes the first step.
  template <class... Values>
  [[nodiscard]] Result<bool> first(const Values&... values) {
    bind_all(values...);
    return step();
  }
  // Ends the run of the statement (and a read transaction that it held open); forgets the bound values.
  void reset();

  // Columns of the current row, from 0. A view is valid until the next step(), reset() or destruction.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  // also for BLOBs
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] bool is_integer(int column) const;
  [[nodiscard]] bool is_blob(int column) const;

 private:
  [[nodiscard]] Result<void> finish();
  sqlite3_stmt* statement_ = nullptr;
  int bind_error_ = 0;
};

enum class Safe {
  EachCommit,   // a commit that succeeds is on stable storage
  Checkpoints,  // no commit waits for the disk, but the one that makes a checkpoint; a power cut may cost the last ones. When the
                // checkpoint fails, so does that commit's statement, and the file must not be used on: it may be inconsistent
};
struct OpenOptions {
  bool create = true;  // false: a missing file is CannotOpen
  Safe safe = Safe::EachCommit;
  // WAL pages after which a commit is followed by a checkpoint; 0: the caller calls checkpoint() itself.
  int checkpoint_pages = 1000;
  // Of a new file: bytes, a power of two in 512..65536 (0: as SQLite likes), and whether PRAGMA incremental_vacuum will be used.
  int page_size = 0;
  bool incremental_vacuum = false;
};

class Database {
 public:
  // `disk` outlives the Database. `path` is absolute; its directory exists. With a write-ahead log. What a failed sync of an
  // earlier life left in it reads as if it were on the disk but is not, so the log is written once more and synced before anything is
  // built on it. Damage may show here (Corrupt), or later.
  [[nodiscard]] static Result<Database> open(Disk& disk, const std::string& path, OpenOptions options = {});
  // To save what can be read of a damaged one. Opening reads and writes nothing yet; a missing file is CannotOpen.
  [[nodiscard]] static Result<Database> open_damaged(Disk& disk, const std::string& path);
  // Without a file; gone with the Database.
  [[nodiscard]] static Result<Database> open_in_memory();

  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  ~Database();

  // One or several statements whose rows, if any, are not wanted.
  [[nodiscard]] Result<void> execute(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  // The first column of the first row; 0 without a row. For PRAGMAs and counts.
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);

  [[nodiscard]] std::int64_t last_row() const;  // row id of the last INSERT
  [[nodiscard]] std::int64_t changes() const;   // rows changed by the last statement
  // True while a transaction is open. After a serious error (disk full, I/O) SQLite has rolled it back by itself.
  [[nodiscard]] bool in_transaction() const;

  // Pages in the WAL after the last commit.
  [[nodiscard]] int wal_pages() const;
  // Copies the WAL into the database file; the next transaction writes it from its start again. The file keeps its length,
  // so that later transactions need no new space. Blocks for the syncs.
  [[nodiscard]] Result<void> checkpoint();

 private:
  struct Place;  // what must not move: the file system and what SQLite's WAL hook writes to
  Database(sqlite3* handle, std::unique_ptr<Place> place);
  [[nodiscard]] static Result<Database> open_file(Disk& disk, const std::string& path, bool create);
  [[nodiscard]] Result<void> use_log(const OpenOptions& options);
  friend class Transaction;
  [[nodiscard]] Result<void> run_kept(std::optional<Statement>& kept, const char* sql);
  std::unique_ptr<Place> place_;
  sqlite3* handle_ = nullptr;
  std::optional<Statement> begin_, commit_;  // prepared when first used
};

// BEGIN IMMEDIATE now, ROLLBACK on destruction unless committed. The Database stays in place meanwhile.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  // After an error nothing was committed and the transaction is rolled back.
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_ = nullptr;
};

}  // namespace courier::sqlite
