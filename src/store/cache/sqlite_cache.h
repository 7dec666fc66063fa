// SqliteCache: the caches of all accounts of a process. An open one costs some 145 KB and two descriptors, so only the latest used stay
// open, and none for long without use. Any thread; calls for one maildir one after another.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "base/time.h"
#include "store/cache/cache_file.h"

namespace courier::store {

struct CacheSettings {
  std::string folder;          // where the files lie; empty: in each maildir
  std::size_t most_open = 16;
  Duration rest = seconds(30); // unused for so long: closed by close_unused()
};

class SqliteCache final : public ComputedCache {
 public:
  // `now` may be called by any thread. `disk` outlives the cache.
  SqliteCache(Disk& disk, CacheSettings settings, std::function<Instant()> now);
  ~SqliteCache() override;

  void find(const std::string& maildir, std::span<const std::string_view> base_names, const Found& found) override;
  void keep(const std::string& maildir, const std::vector<Entry>& entries) override;
  void forget(const std::string& maildir, const std::vector<std::string>& base_names) override;
  void close_unused() override;

  [[nodiscard]] std::size_t open_files() const;

 private:
  struct Open {
    std::string maildir;
    std::shared_ptr<CacheFile> file;
    Instant used;
  };
  [[nodiscard]] std::string path_of(const std::string& maildir) const;
  [[nodiscard]] std::shared_ptr<CacheFile> take(const std::string& maildir, bool create);
  void drop(const std::string& maildir);
  // Runs `use` on the account's file; a file that fails is deleted.
  void with_file(const std::string& maildir, bool create, const std::function<bool(CacheFile&)>& use);

  Disk& disk_;
  const CacheSettings settings_;
  const std::function<Instant()> now_;
  mutable std::mutex mutex_;  // guards open_; never held while SQLite works
  std::list<Open> open_;      // latest used first
};

}  // namespace courier::store
