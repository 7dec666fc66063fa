#include "store/queue/salvage.h"

#include <array>

#include "store/queue/schema.h"

namespace courier::spool {
namespace {

const char* const database_name = "/queue.db";

// Up to this size a start reads the whole database; damage in a larger one shows when it is used.
constexpr std::int64_t checked_bytes = 256 << 20;

sqlite::Result<sqlite::Database> open_checked(Disk& disk, const std::string& folder) {
  auto database =
      sqlite::Database::open(disk, folder + database_name, {.checkpoint_pages = 0, .page_size = page_size, .incremental_vacuum = true});
  if (!database) return database;
  if (auto prepared = prepare_schema(*database); !prepared) return fail(std::move(prepared.error()));
  const auto pages = database->integer("PRAGMA page_count");
  if (!pages) return fail(pages.error());
  if (*pages * page_size > checked_bytes) return database;
  auto check = database->prepare("PRAGMA quick_check(1)");
  if (!check) return fail(std::move(check.error()));
  const auto row = check->step();
  if (!row) return fail(row.error());
  if (*row && check->text(0) == "ok") return database;
  return fail(sqlite::Error{.fault = sqlite::Fault::Corrupt, .code = 0, .text = *row ? std::string(check->text(0)) : "no answer"});
}

// Copies the rows of one table, as far as they can be read: from the front up to the damage, from the back down to it, and
// then one by one in between.
class TableCopy {
 public:
  TableCopy(sqlite::Database& from, sqlite::Database& to, std::string table, std::string columns)
      : from_(from), to_(to), table_(std::move(table)), columns_(std::move(columns)) {}

  void run() {
    std::string marks = "?";
    for (const char c : columns_) {
      if (c == ',') marks += ",?", ++count_;
    }
    auto insert = to_.prepare("INSERT OR IGNORE INTO " + table_ + "(" + columns_ + ") VALUES(" + marks + ")");
    auto forward = from_.prepare("SELECT " + columns_ + " FROM " + table_ + " ORDER BY number");
    auto backward = from_.prepare("SELECT " + columns_ + " FROM " + table_ + " WHERE number > ? ORDER BY number DESC");
    auto single = from_.prepare("SELECT " + columns_ + " FROM " + table_ + " WHERE number = ?");
    if (!insert || !forward || !backward || !single) return;  // not even the schema can be read
    std::int64_t low = 0;
    std::int64_t high = 0;
    if (sweep(*forward, *insert, low)) return;
    backward->bind_all(low);
    if (sweep(*backward, *insert, high)) return;
    // Nothing is known of the end when the back could not be read at all.
    if (high == 0) high = low + 10'000;
    for (std::int64_t number = low + 1; number < high && number < low + 1'000'000; ++number) {
      std::int64_t ignored = 0;
      single->bind_all(number);
      sweep(*single, *insert, ignored);
    }
  }
  [[nodiscard]] std::int64_t copied() const { return copied_; }

 private:
  // True when the end was reached without an error. `last`: number of the last row read.
  bool sweep(sqlite::Statement& select, sqlite::Statement& insert, std::int64_t& last) {
    while (true) {
      const auto row = select.step();
      if (!row) return false;
      if (!*row) return true;
      last = select.integer(0);
      copy_row(select, insert);
    }
  }
  void copy_row(const sqlite::Statement& row, sqlite::Statement& insert) {
    insert.reset();
    for (std::size_t i = 0; i < count_; ++i) {
      const int column = static_cast<int>(i);
      if (row.is_null(column)) {
        insert.bind(column + 1, nullptr);
      } else if (row.is_blob(column)) {
        insert.bind(column + 1, sqlite::Blob{row.text(column)});
      } else if (row.is_integer(column)) {
        insert.bind(column + 1, row.integer(column));
      } else {
        insert.bind(column + 1, row.text(column));
      }
    }
    if (insert.step()) ++copied_;
  }

  sqlite::Database& from_;
  sqlite::Database& to_;
  std::string table_, columns_;
  std::size_t count_ = 1;
  std::int64_t copied_ = 0;
};

sqlite::Result<void> salvage(sqlite::Database& from, sqlite::Database& to, OpenReport& report) {
  auto transaction = sqlite::Transaction::begin(to);
  if (!transaction) return fail(std::move(transaction.error()));
  const std::array<std::array<const char*, 2>, 4> tables = {{
      {"message", "number, body, size, id, record, bytes"},
      {"body", "number, links, size, file, bytes"},
      {"schedule", "number, due, state"},
      {"history", "number, ended, id, key, events"},
  }};
  for (const auto& [table, columns] : tables) {
    TableCopy copy(from, to, table, columns);
    copy.run();
    if (std::string_view(table) == "message") report.salvaged = copy.copied();
  }
  // A message without its body, or a body without its message, is of no use.
  const char* const whole =
      "DELETE FROM message WHERE body <> 0 AND body NOT IN (SELECT number FROM body);"
      "DELETE FROM body WHERE number NOT IN (SELECT body FROM message);"
      "UPDATE body SET links = (SELECT count(*) FROM message m WHERE m.body = body.number);"
      "DELETE FROM schedule WHERE number NOT IN (SELECT number FROM message);"
      "DELETE FROM history WHERE number IN (SELECT number FROM message);"
      "INSERT OR IGNORE INTO name(id, number) SELECT id, number FROM message;"
      "INSERT OR IGNORE INTO name(id, number) SELECT id, number FROM history";
  if (auto done = to.execute(whole); !done) return done;
  const auto kept = to.integer("SELECT count(*) FROM message");
  if (!kept) return fail(kept.error());
  report.lost = report.salvaged - *kept;
  report.salvaged = *kept;
  return transaction->commit();
}

DiskResult<std::string> set_aside(Disk& disk, const std::string& folder, std::int64_t now_us) {
  std::string aside = folder + "/damaged-" + std::to_string(now_us / 1'000'000);
  if (auto made = make_directories(disk, aside); !made) return fail(made.error());
  for (const char* const suffix : {"", "-wal", "-journal"}) {
    const std::string name = database_name + std::string(suffix);
    if (!exists(disk, folder + name)) continue;
    if (auto moved = disk.rename(folder + name, aside + name); !moved) return fail(moved.error());
  }
  if (auto synced = disk.sync_directory(aside); !synced) return fail(synced.error());
  if (auto synced = disk.sync_directory(folder); !synced) return fail(synced.error());
  return aside;
}

}  // namespace

Result<sqlite::Database, std::string> open_or_salvage(Disk& disk, const std::string& folder, std::int64_t now_us, OpenReport& report) {
  std::string damage;
  {
    auto database = open_checked(disk, folder);
    if (database) return std::move(*database);
    if (database.error().fault != sqlite::Fault::Corrupt) return fail(folder + database_name + ": " + database.error().text);
    damage = database.error().text;
  }
  const auto aside = set_aside(disk, folder, now_us);
  if (!aside) return fail("the spool is damaged (" + damage + ") and could not be set aside: " + to_string(aside.error()));
  auto fresh = open_checked(disk, folder);
  if (!fresh) return fail(fresh.error().text);
  report.damage = "the spool was damaged (" + damage + ") and lies in " + *aside;
  if (auto old = sqlite::Database::open_damaged(disk, *aside + database_name); old) {
    if (auto saved = salvage(*old, *fresh, report); !saved) report.damage += "; saving messages failed: " + saved.error().text;
  }
  return std::move(*fresh);
}

}  // namespace courier::spool
