#include "store/cache/sqlite_cache.h"

#include <algorithm>
#include <vector>

namespace courier::store {

SqliteCache::SqliteCache(Disk& disk, CacheSettings settings, std::function<Instant()> now)
    : disk_(disk), settings_(std::move(settings)), now_(std::move(now)) {}
SqliteCache::~SqliteCache() = default;

std::string SqliteCache::path_of(const std::string& maildir) const {
  if (settings_.folder.empty()) return maildir + "/courier-cache.sqlite";
  std::string name;
  for (const char c : maildir) {
    if (c == '/') {
      name += "%2F";
    } else if (c == '%') {
      name += "%25";
    } else {
      name += c;
    }
  }
  return settings_.folder + "/" + name + ".sqlite";
}

std::shared_ptr<CacheFile> SqliteCache::take(const std::string& maildir, bool create) {
  std::shared_ptr<CacheFile> file;
  {
    const std::lock_guard lock(mutex_);
    const auto place = std::ranges::find(open_, maildir, &Open::maildir);
    if (place != open_.end()) {
      file = place->file;
      place->used = now_();
      open_.splice(open_.begin(), open_, place);
    }
  }
  if (file && !file->replaced()) return file;
  if (file) drop(maildir);  // deleted or restored under us
  file.reset();
  file = CacheFile::open(disk_, path_of(maildir), create);
  if (!file) return nullptr;
  // Declared before the lock, so closed after it is free again: closing may write.
  std::vector<std::shared_ptr<CacheFile>> closing;
  const std::lock_guard lock(mutex_);
  open_.push_front({.maildir = maildir, .file = file, .used = now_()});
  while (open_.size() > settings_.most_open) {
    closing.push_back(std::move(open_.back().file));
    open_.pop_back();
  }
  return file;
}

void SqliteCache::drop(const std::string& maildir) {
  std::shared_ptr<CacheFile> closing;
  const std::lock_guard lock(mutex_);
  const auto place = std::ranges::find(open_, maildir, &Open::maildir);
  if (place == open_.end()) return;
  closing = std::move(place->file);
  open_.erase(place);
}

void SqliteCache::with_file(const std::string& maildir, bool create, const std::function<bool(CacheFile&)>& use) {
  std::shared_ptr<CacheFile> file = take(maildir, create);
  if (!file || use(*file)) return;
  drop(maildir);
  file.reset();
  CacheFile::erase(disk_, path_of(maildir));
}

void SqliteCache::find(const std::string& maildir, std::span<const std::string_view> base_names, const Found& found) {
  with_file(maildir, false, [&](CacheFile& file) { return file.find(base_names, found); });
}

void SqliteCache::keep(const std::string& maildir, const std::vector<Entry>& entries) {
  with_file(maildir, true, [&](CacheFile& file) { return file.keep(entries); });
}

void SqliteCache::forget(const std::string& maildir, const std::vector<std::string>& base_names) {
  with_file(maildir, false, [&](CacheFile& file) { return file.forget(base_names); });
}

void SqliteCache::close_unused() {
  std::vector<std::shared_ptr<CacheFile>> closing;
  const std::lock_guard lock(mutex_);
  const Instant now = now_();
  while (!open_.empty() && now - open_.back().used >= settings_.rest) {
    closing.push_back(std::move(open_.back().file));
    open_.pop_back();
  }
}

std::size_t SqliteCache::open_files() const {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

}  // namespace courier::store
