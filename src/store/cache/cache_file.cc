#include "store/cache/cache_file.h"

namespace courier::store {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMaxStructure = 1u << 20;  // a larger one is computed again each time

constexpr const char* kSetup =
    "PRAGMA cache_size=-64;"
    "CREATE TABLE IF NOT EXISTS computed(name TEXT PRIMARY KEY, date INTEGER NOT NULL, stored INTEGER NOT NULL, wire INTEGER NOT NULL,"
    " structure BLOB NOT NULL) WITHOUT ROWID;";

}  // namespace

void CacheFile::erase(Disk& disk, const std::string& path) {
  for (const char* ending : {"", "-wal", "-journal"}) (void)disk.unlink(path + ending);
}

std::unique_ptr<CacheFile> CacheFile::open(Disk& disk, const std::string& path, bool create) {
  if (!create && !exists(disk, path)) return nullptr;
  for (const bool again : {false, true}) {
    auto database = sqlite::Database::open(disk, path, {.safe = sqlite::Safe::Checkpoints});
    if (database) {
      std::unique_ptr<CacheFile> file(new CacheFile(disk, path, std::move(*database)));
      if (file->prepare()) return file;
    } else if (database.error().fault != sqlite::Fault::Corrupt && database.error().fault != sqlite::Fault::Io) {
      return nullptr;  // no place for it, or another process has it
    }
    if (!again) erase(disk, path);
  }
  return nullptr;
}

bool CacheFile::prepare() {
  const auto version = database_->integer("PRAGMA user_version");
  const auto tables = database_->integer("SELECT count(*) FROM sqlite_master");
  if (!version || !tables || (*tables != 0 && *version != kVersion)) return false;
  if (!database_->execute(kSetup) || !database_->execute("PRAGMA user_version=" + std::to_string(kVersion))) return false;
  auto select = database_->prepare("SELECT date, stored, wire, structure FROM computed WHERE name=?");
  auto insert = database_->prepare("INSERT OR REPLACE INTO computed VALUES(?,?,?,?,?)");
  auto remove = database_->prepare("DELETE FROM computed WHERE name=?");
  const auto facts = disk_.facts(path_);
  if (!select || !insert || !remove || !facts) return false;
  select_ = std::move(*select);
  insert_ = std::move(*insert);
  remove_ = std::move(*remove);
  inode_ = facts->inode;
  return true;
}

bool CacheFile::replaced() const {
  const auto facts = disk_.facts(path_);
  return !facts || facts->inode != inode_;
}

bool CacheFile::find(std::span<const std::string_view> base_names, const ComputedCache::Found& found) {
  Computed computed;
  for (std::size_t i = 0; i < base_names.size(); ++i) {
    const auto row = select_.first(base_names[i]);
    if (!row) return false;
    if (*row) {
      computed.internal_date = {select_.integer(0)};
      computed.stored_size = static_cast<std::uint64_t>(select_.integer(1));
      computed.wire_size = static_cast<std::uint64_t>(select_.integer(2));
      computed.structure = select_.text(3);
      found(i, computed);
    }
    select_.reset();
  }
  return true;
}

bool CacheFile::keep(const std::vector<ComputedCache::Entry>& entries) {
  auto transaction = sqlite::Transaction::begin(*database_);
  if (!transaction) return false;
  for (const ComputedCache::Entry& entry : entries) {
    const Computed& computed = entry.computed;
    if (computed.structure.size() > kMaxStructure) continue;
    const auto done = insert_.run(entry.base_name, computed.internal_date.microseconds, computed.stored_size, computed.wire_size,
                                  sqlite::Blob{computed.structure});
    if (!done) return false;
  }
  return transaction->commit().has_value();
}

bool CacheFile::forget(const std::vector<std::string>& base_names) {
  auto transaction = sqlite::Transaction::begin(*database_);
  if (!transaction) return false;
  for (const std::string& name : base_names) {
    if (!remove_.run(name)) return false;
  }
  return transaction->commit().has_value();
}

}  // namespace courier::store
