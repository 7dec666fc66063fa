// COPY and MOVE.
#include "store/folder/folder_work.h"
#include "store/folder/folder_work_detail.h"
#include "store/maildir/message_name.h"

namespace courier::store {

using namespace work;

namespace {

constexpr std::size_t kPiece = 128 * 1024;

std::string new_name(FolderState& to, const Entry& entry, WallTime now) {
  std::string base = to.account().names().make(now);
  const std::string_view fields = std::string_view(entry.base).substr(unique_part(entry.base).size());
  base += fields;
  // Foreign letters come along, and so do our flags.
  return with_flags(base + entry.info, entry.message.flags);
}

// For file systems without hard links, and files that have too many.
DiskResult<void> copy_bytes(Disk& disk, const std::string& from, const std::string& tmp) {
  auto source = disk.open(from, OpenMode::Read);
  if (!source) return fail(source.error());
  const auto facts = (*source)->facts();
  if (!facts) return fail(facts.error());
  auto target = disk.open(tmp, OpenMode::CreateNew);
  if (!target) return fail(target.error());
  std::string piece(kPiece, '\0');
  for (std::uint64_t at = 0;;) {
    const auto got = (*source)->read_at(at, piece);
    if (!got) return fail(got.error());
    if (*got == 0) break;
    if (auto put = (*target)->write_at(at, std::string_view(piece).substr(0, *got)); !put) return put;
    at += *got;
  }
  if (auto set = (*target)->set_modified(facts->modified); !set) return set;
  if (auto synced = (*target)->sync(); !synced) return synced;
  return (*target)->close();
}

// Another name for the same bytes, which are on stable storage when this returns.
DiskResult<void> link_message(FolderState& from, const Entry& entry, FolderState& to, const std::string& name) {
  Disk& disk = from.account().disk();
  const std::string source = from.file(entry);
  const std::string target = file_path(to.path(), Place::Cur, name);
  const auto linked = disk.link(source, target);
  if (linked) {
    // Whoever delivered it may not have synced it.
    auto file = disk.open(target, OpenMode::Read);
    if (!file) return fail(file.error());
    return (*file)->sync();
  }
  const int error = linked.error().os_error;
  if (error != EMLINK && error != EPERM && error != EXDEV && error != EOPNOTSUPP) return linked;
  const std::string tmp = to.path() + "/tmp/" + std::string(unique_part(name));
  auto copied = copy_bytes(disk, source, tmp);
  if (copied) copied = disk.rename(tmp, target);
  if (!copied) (void)disk.unlink(tmp);
  return copied;
}

void take_over(FolderState& from, Uid uid, FolderState& to, const std::string& name, Copied& copied) {
  const Entry* old = from.find(uid);
  const Keywords keywords = old ? from.keywords(*old) : Keywords();
  Entry& entry = to.add(Place::Cur, name);
  if (!keywords.empty()) to.set_keywords(entry, keywords);
  copied.from.push_back(uid);
  copied.to.push_back(entry.message.uid);
}

struct Placed {
  Uid uid;
  std::string name;
};

}  // namespace

StoreResult<Copied> copy_messages(FolderState& from, FolderState& to, std::vector<Uid> uids, WallTime now) {
  sort_unique(uids);
  Disk& disk = from.account().disk();
  std::vector<Placed> placed;
  const auto undo = [&](const StoreError& error) {
    for (const Placed& one : placed) (void)disk.unlink(file_path(to.path(), Place::Cur, one.name));
    return fail(error);
  };
  Delta delta;
  for (const Uid uid : uids) {
    const Entry* entry = from.find(uid);
    if (!entry || !counts(to.name(), entry->name())) continue;
    delta.bytes += static_cast<std::int64_t>(entry->message.stored_size);
    ++delta.messages;
  }
  if (!delta.allowed(to, now)) return fail(over_quota());
  if (auto reserved = to.reserve(uids.size()); !reserved) return fail(reserved.error());
  for (const Uid uid : uids) {
    std::string name;
    const auto done = on_message(from, uid, now, [&](const Entry& entry) {
      name = new_name(to, entry, now);
      return link_message(from, entry, to, name);
    });
    if (!done && done.error().os_error == ENOENT) continue;
    if (!done) return undo(store_error(done.error()));
    placed.push_back({.uid = uid, .name = name});
  }
  if (auto synced = disk.sync_directory(to.path() + "/cur"); !synced) return undo(store_error(synced.error()));
  Copied copied{.uid_validity = to.uid_validity(), .from = {}, .to = {}};
  for (const Placed& one : placed) take_over(from, one.uid, to, one.name, copied);
  delta.count(to, now);
  if (auto committed = to.commit(Sync::Yes); !committed) return fail(committed.error());
  return copied;
}

StoreResult<Copied> move_messages(FolderState& from, FolderState& to, std::vector<Uid> uids, WallTime now) {
  sort_unique(uids);
  Disk& disk = from.account().disk();
  Delta delta;
  for (const Uid uid : uids) {
    const Entry* entry = from.find(uid);
    if (!entry) continue;
    delta.add(from, *entry, -1);
    delta.add(to, *entry, 1);
  }
  if (!delta.allowed(to, now)) return fail(over_quota());
  if (auto reserved = to.reserve(uids.size()); !reserved) return fail(reserved.error());
  Copied copied{.uid_validity = to.uid_validity(), .from = {}, .to = {}};
  StoreResult<void> outcome;
  bool in_new = false;
  for (const Uid uid : uids) {
    std::string name;
    const auto done = on_message(from, uid, now, [&](const Entry& entry) {
      name = new_name(to, entry, now);
      in_new = in_new || entry.place == Place::New;
      return disk.rename(from.file(entry), file_path(to.path(), Place::Cur, name));
    });
    if (!done && done.error().os_error == ENOENT) continue;
    if (!done) {
      outcome = fail(store_error(done.error()));
      break;
    }
    take_over(from, uid, to, name, copied);
  }
  from.expunge(copied.from);
  delta.count(to, now);
  // What was moved has moved, even when a later one failed: the state says so in any case.
  for (const std::string& directory : {to.path() + "/cur", from.path() + "/cur", from.path() + "/new"}) {
    if (directory.ends_with("/new") && !in_new) continue;
    if (auto synced = disk.sync_directory(directory); !synced && outcome) outcome = fail(store_error(synced.error()));
  }
  for (FolderState* folder : {&to, &from}) {
    if (auto committed = folder->commit(Sync::Yes); !committed && outcome) outcome = fail(committed.error());
  }
  if (!outcome) return fail(outcome.error());
  return copied;
}

}  // namespace courier::store
