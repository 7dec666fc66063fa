// CacheFile: one account's open cache. Blocking; by one thread at a time. An error of SQLite means that the file is good for nothing
// any more: the owner drops it and deletes the file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/disk.h"
#include "store/folder/computed_cache.h"
#include "store/sqlite/database.h"

namespace courier::store {

class CacheFile {
 public:
  // Null when it cannot be opened, or (without `create`) is not there. A file of another version, or a damaged one, is made anew.
  [[nodiscard]] static std::unique_ptr<CacheFile> open(Disk& disk, const std::string& path, bool create);
  // Removes the file and what SQLite keeps beside it.
  static void erase(Disk& disk, const std::string& path);

  // False: the file failed.
  [[nodiscard]] bool find(std::span<const std::string_view> base_names, const ComputedCache::Found& found);
  [[nodiscard]] bool keep(const std::vector<ComputedCache::Entry>& entries);
  [[nodiscard]] bool forget(const std::vector<std::string>& base_names);
  // Somebody removed the file, or put another in its place.
  [[nodiscard]] bool replaced() const;

 private:
  CacheFile(Disk& disk, std::string path, sqlite::Database database)
      : disk_(disk), path_(std::move(path)), database_(std::make_unique<sqlite::Database>(std::move(database))) {}
  [[nodiscard]] bool prepare();

  Disk& disk_;
  std::string path_;
  std::unique_ptr<sqlite::Database> database_;  // before its statements
  sqlite::Statement select_, insert_, remove_;
  std::uint64_t inode_ = 0;
};

}  // namespace courier::store
