// What is written once on the calls of Disk.
#include "runtime/disk.h"

#include <atomic>
#include <cerrno>
#include <cstring>

namespace courier {

std::string to_string(const DiskError& error) {
  return std::string(error.operation) + " " + error.path + ": " + std::strerror(error.os_error);
}

namespace {

class PathDirectory final : public Directory {
 public:
  PathDirectory(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  DiskResult<std::size_t> read(const std::string& name, std::span<char> into, std::uint64_t, FileFacts* facts) override {
    const auto file = disk_.open(path_ + "/" + name, OpenMode::Read);
    if (!file) return fail(file.error());
    if (facts) {
      const auto found = (*file)->facts();
      if (!found) return fail(found.error());
      *facts = *found;
    }
    std::size_t filled = 0;
    while (filled < into.size()) {
      const auto n = (*file)->read_at(filled, into.subspan(filled));
      if (!n) return fail(n.error());
      if (*n == 0) break;
      filled += *n;
    }
    return filled;
  }

 private:
  Disk& disk_;
  std::string path_;
};

}  // namespace

DiskResult<DirectoryPtr> Disk::open_directory(const std::string& path) {
  const auto found = facts(path);
  if (!found) return fail(found.error());
  if (!found->directory) return fail(DiskError{ENOTDIR, "open", path});
  return std::make_unique<PathDirectory>(*this, path);
}

DiskResult<std::string> read_file(Disk& disk, const std::string& path, std::uint64_t limit) {
  auto file = disk.open(path, OpenMode::Read);
  if (!file) return fail(file.error());
  const auto size = (*file)->size();
  if (!size) return fail(size.error());
  if (*size > limit) return fail(DiskError{EFBIG, "read", path});
  std::string content(*size, '\0');
  std::size_t filled = 0;
  while (filled < content.size()) {
    const auto n = (*file)->read_at(filled, {content.data() + filled, content.size() - filled});
    if (!n) return fail(n.error());
    if (*n == 0) break;  // it became shorter meanwhile
    filled += *n;
  }
  content.resize(filled);
  return content;
}

DiskResult<void> replace_file(Disk& disk, const std::string& path, std::string_view content) {
  static std::atomic<std::uint64_t> counter{0};
  const std::string temporary = path + ".tmp." + std::to_string(++counter);
  if (auto removed = disk.unlink(temporary); !removed && removed.error().os_error != ENOENT) return removed;
  auto file = disk.open(temporary, OpenMode::CreateNew);
  if (!file) return fail(file.error());
  auto done = (*file)->write_at(0, content);
  if (done) done = (*file)->sync();
  if (done) done = (*file)->close();
  if (done) done = disk.rename(temporary, path);
  if (!done) {
    (void)disk.unlink(temporary);  // the first error is the one to tell
    return done;
  }
  return disk.sync_directory(parent_path(path));
}

DiskResult<void> make_directories(Disk& disk, const std::string& path, std::uint32_t mode) {
  const auto facts = disk.facts(path);
  if (facts && facts->directory) return {};
  if (facts) return fail(DiskError{ENOTDIR, "mkdir", path});
  if (facts.error().os_error != ENOENT) return fail(facts.error());
  const std::string parent = parent_path(path);
  if (auto above = make_directories(disk, parent, mode); !above) return above;
  if (auto made = disk.make_directory(path, mode); !made && made.error().os_error != EEXIST) return made;
  auto synced = disk.sync_directory(parent);
  // What stays must be safe: whoever finds it does not sync it again.
  if (!synced) (void)disk.remove_directory(path);
  return synced;
}

DiskResult<void> remove_tree(Disk& disk, const std::string& path) {
  const auto facts = disk.facts(path);
  if (!facts) return facts.error().os_error == ENOENT ? DiskResult<void>{} : fail(facts.error());
  if (!facts->directory) return disk.unlink(path);
  const auto entries = disk.list(path);
  if (!entries) return fail(entries.error());
  for (const auto& entry : *entries) {
    if (auto removed = remove_tree(disk, path + "/" + entry.name); !removed) return removed;
  }
  return disk.remove_directory(path);
}

bool exists(Disk& disk, const std::string& path) { return disk.facts(path).has_value(); }

std::string parent_path(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return "/";
  return path.substr(0, slash);
}

}  // namespace courier
