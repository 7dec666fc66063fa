#include "store/maildir/maildir.h"

#include <cerrno>

#include <algorithm>

namespace courier::store {

namespace {

constexpr Duration kTmpAge = hours(36);
constexpr std::string_view kRemoved = ".removed";  // ending of a folder on its way out

DiskError error(int os_error, const char* operation, const std::string& path) {
  return {.os_error = os_error, .operation = operation, .path = path};
}

DiskResult<void> make_missing(Disk& disk, const std::string& path) {
  auto made = disk.make_directory(path);
  if (!made && made.error().os_error == EEXIST) return {};
  return made;
}

DiskResult<void> make_parts(Disk& disk, const std::string& path) {
  // tmp/ says that the maildir is whole: it must not survive a crash that the others do not.
  for (const char* part : {"/cur", "/new"}) {
    if (auto made = make_missing(disk, path + part); !made) return made;
  }
  if (auto synced = disk.sync_directory(path); !synced) return synced;
  if (auto made = make_missing(disk, path + "/tmp"); !made) return made;
  return disk.sync_directory(path);
}

// The folders that `from` stands for: itself and everything below, those that exist.
DiskResult<std::vector<FolderName>> family(Disk& disk, const std::string& root, const FolderName& from) {
  auto folders = list_folders(disk, root);
  if (!folders) return folders;
  std::erase_if(*folders, [&](const FolderName& name) { return name != from && !name.is_below(from); });
  if (folders->empty()) return fail(error(ENOENT, "rename", folder_path(root, from)));
  return folders;
}

}  // namespace

std::string folder_path(const std::string& root, const FolderName& name) { return name.is_inbox() ? root : root + "/" + name.directory(); }

const char* to_string(Place place) { return place == Place::New ? "new" : "cur"; }

std::string file_path(const std::string& path, Place place, const std::string& name) { return path + "/" + to_string(place) + "/" + name; }

DiskResult<void> make_maildir(Disk& disk, const std::string& root) {
  if (exists(disk, root + "/tmp") && exists(disk, root + "/new") && exists(disk, root + "/cur")) return {};
  if (auto made = make_directories(disk, root); !made) return made;
  return make_parts(disk, root);
}

bool is_maildir(Disk& disk, const std::string& path) {
  const auto facts = disk.facts(path + "/cur");
  return facts && facts->directory;
}

DiskResult<std::vector<FolderName>> list_folders(Disk& disk, const std::string& root) {
  auto entries = disk.list(root);
  if (!entries) return fail(entries.error());
  std::vector<FolderName> folders;
  for (const DirectoryEntry& entry : *entries) {
    auto name = FolderName::from_directory(entry.name);
    if (name && is_maildir(disk, folder_path(root, *name))) folders.push_back(std::move(*name));
  }
  std::ranges::sort(folders);
  return folders;
}

DiskResult<void> create_folder(Disk& disk, const std::string& root, const FolderName& name) {
  const std::string path = folder_path(root, name);
  if (name.is_inbox() || is_maildir(disk, path)) return fail(error(EEXIST, "mkdir", path));
  auto folders = list_folders(disk, root);
  if (!folders) return fail(folders.error());
  for (const FolderName& other : *folders) {
    if (FolderName::parse(other.path()) == name) return fail(error(EEXIST, "mkdir", path));
  }
  if (auto made = make_missing(disk, path); !made) return made;
  auto mark = disk.open(path + "/maildirfolder", OpenMode::Create);
  if (!mark) return fail(mark.error());
  if (auto made = make_parts(disk, path); !made) return made;
  return disk.sync_directory(root);
}

DiskResult<void> remove_folder(Disk& disk, const std::string& root, const FolderName& name, const std::string& unique) {
  const std::string path = folder_path(root, name);
  if (name.is_inbox()) return fail(error(EINVAL, "rmdir", path));
  if (!is_maildir(disk, path)) return fail(error(ENOENT, "rmdir", path));
  const std::string away = root + "/tmp/" + unique + std::string(kRemoved);
  if (auto moved = disk.rename_new(path, away); !moved) return moved;
  if (auto synced = disk.sync_directory(root); !synced) return synced;
  // What cannot be removed now is left to clean_tmp(): the folder is gone all the same.
  (void)remove_tree(disk, away);
  return {};
}

DiskResult<void> rename_folders(Disk& disk, const std::string& root, const FolderName& from, const FolderName& to) {
  const std::string path = folder_path(root, from);
  if (from.is_inbox() || to.is_inbox() || to.is_below(from)) return fail(error(EINVAL, "rename", path));
  const auto folders = family(disk, root, from);
  if (!folders) return fail(folders.error());
  std::vector<std::pair<std::string, std::string>> renames;
  for (const FolderName& folder : *folders) {
    const auto target = folder.moved(from, to);
    if (!target) return fail(error(ENAMETOOLONG, "rename", folder_path(root, folder)));
    renames.emplace_back(folder_path(root, folder), folder_path(root, *target));
    if (exists(disk, renames.back().second)) return fail(error(EEXIST, "rename", renames.back().second));
  }
  for (std::size_t done = 0; done < renames.size(); ++done) {
    const auto renamed = disk.rename_new(renames[done].first, renames[done].second);
    if (renamed) continue;
    while (done-- > 0) (void)disk.rename_new(renames[done].second, renames[done].first);
    return renamed;
  }
  return disk.sync_directory(root);
}

DiskResult<std::vector<MessageFile>> list_messages(Disk& disk, const std::string& path) {
  std::vector<MessageFile> files;
  for (const Place place : {Place::New, Place::Cur}) {
    auto entries = disk.list(path + "/" + to_string(place));
    if (!entries) return fail(entries.error());
    files.reserve(files.size() + entries->size());
    for (DirectoryEntry& entry : *entries) {
      if (entry.name.empty() || entry.name[0] == '.' || entry.directory) continue;
      files.push_back({.place = place, .name = std::move(entry.name)});
    }
  }
  return files;
}

void clean_tmp(Disk& disk, const std::string& path, WallTime now) {
  const std::string tmp = path + "/tmp";
  const auto entries = disk.list(tmp);
  if (!entries) return;
  for (const DirectoryEntry& entry : *entries) {
    const std::string file = tmp + "/" + entry.name;
    const auto facts = disk.facts(file);
    if (!facts) continue;
    if (facts->directory && entry.name.ends_with(kRemoved)) (void)remove_tree(disk, file);
    if (facts->regular && now - facts->changed > kTmpAge) (void)disk.unlink(file);
  }
}

}  // namespace courier::store
