#include "store/queue/bodies.h"

#include <cerrno>

namespace courier::spool {
namespace {

// A hundred folders keep each of them short. Ids count up, so their last characters spread well.
std::string bucket_of(const std::string& id) {
  unsigned sum = 0;
  for (const char c : id) sum = sum * 31 + static_cast<unsigned char>(c);
  std::string name = std::to_string(sum % 100);
  return name.size() < 2 ? "0" + name : name;
}

}  // namespace

DiskResult<void> Bodies::prepare() { return make_directories(disk_, folder_); }

DiskResult<FilePtr> Bodies::open_unnamed() { return disk_.create_unnamed(folder_); }

DiskResult<std::string> Bodies::keep(File& file, const std::string& id, std::uint64_t size) {
  const auto have = file.size();
  if (!have) return fail(have.error());
  const std::string bucket = bucket_of(id);
  const std::string folder = folder_ + "/" + bucket;
  std::string name = bucket + "/" + id;
  if (*have < size) return fail(DiskError{.os_error = EFBIG, .operation = "keep", .path = name});
  if (const auto made = make_directories(disk_, folder); !made) return fail(made.error());
  if (const auto linked = file.link_as(folder_ + "/" + name); !linked) return fail(linked.error());
  // Not before it has its name: Disk::create_unnamed.
  auto synced = file.sync();
  if (synced) synced = disk_.sync_directory(folder);
  if (synced) return name;
  remove(name);
  return fail(synced.error());
}

DiskResult<FilePtr> Bodies::open(const std::string& name) { return disk_.open(folder_ + "/" + name, OpenMode::Read); }

void Bodies::remove(const std::string& name) {
  // What cannot be unlinked now is an orphan of the next start.
  const auto gone = disk_.unlink(folder_ + "/" + name);
  static_cast<void>(gone);
}

DiskResult<std::size_t> Bodies::sweep(const std::set<std::string>& named) {
  std::size_t swept = 0;
  const auto buckets = disk_.list(folder_);
  if (!buckets) return fail(buckets.error());
  for (const DirectoryEntry& bucket : *buckets) {
    const auto files = disk_.list(folder_ + "/" + bucket.name);
    if (!files) continue;  // not a folder of ours
    for (const DirectoryEntry& file : *files) {
      const std::string name = bucket.name + "/" + file.name;
      if (named.contains(name)) continue;
      if (disk_.unlink(folder_ + "/" + name)) ++swept;
    }
  }
  return swept;
}

}  // namespace courier::spool
