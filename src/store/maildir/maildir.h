// A maildir on disk: its folders, what lies in new/ and cur/, cleaning of tmp/. Blocking; called on the account's strand.
// `root` is the maildir (the inbox), `path` one folder's directory: root or root + "/.Name".
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "runtime/disk.h"
#include "store/maildir/folder_name.h"

namespace courier::store {

[[nodiscard]] std::string folder_path(const std::string& root, const FolderName& name);

// The maildir with cur, new and, last, tmp (its existence means "complete"), synced. Parents are made as well. What is there stays.
[[nodiscard]] DiskResult<void> make_maildir(Disk& disk, const std::string& root);
// True when it has a cur/.
[[nodiscard]] bool is_maildir(Disk& disk, const std::string& path);

// Every folder of the maildir, sorted by name, without the inbox.
[[nodiscard]] DiskResult<std::vector<FolderName>> list_folders(Disk& disk, const std::string& root);
// EEXIST when it is there, or a name that differs only by Unicode normalisation.
[[nodiscard]] DiskResult<void> create_folder(Disk& disk, const std::string& root, const FolderName& name);
// ENOENT when it is not there. The folder vanishes at once (one rename), its files thereafter; `unique` names it meanwhile.
// A removal that was cut off is finished by clean_tmp().
[[nodiscard]] DiskResult<void> remove_folder(Disk& disk, const std::string& root, const FolderName& name, const std::string& unique);
// With every folder below. ENOENT when there is nothing of that name, EEXIST when a new name is taken (then nothing changed);
// ENAMETOOLONG. Renames that were done before one fails are undone.
[[nodiscard]] DiskResult<void> rename_folders(Disk& disk, const std::string& root, const FolderName& from, const FolderName& to);

// Where a message's file lies.
enum class Place : std::uint8_t { New, Cur };
[[nodiscard]] const char* to_string(Place place);
struct MessageFile {
  Place place = Place::Cur;
  std::string name;
};
[[nodiscard]] std::string file_path(const std::string& path, Place place, const std::string& name);
// All files of new/ and cur/ whose names do not begin with a dot, in no order. A file that another program moves meanwhile may be
// missing or there twice.
[[nodiscard]] DiskResult<std::vector<MessageFile>> list_messages(Disk& disk, const std::string& path);

// Removes plain files in tmp/ whose ctime is older than 36 hours, and what remove_folder() left.
void clean_tmp(Disk& disk, const std::string& path, WallTime now);

}  // namespace courier::store
