// STORE and EXPUNGE.
#include <algorithm>

#include "base/text.h"
#include "store/folder/folder_work.h"
#include "store/folder/folder_work_detail.h"
#include "store/maildir/message_name.h"

namespace courier::store {

using namespace work;

// --- STORE ---

namespace {

Flags changed_flags(Flags flags, const FlagChange& change) {
  switch (change.kind) {
    case FlagChange::Kind::Replace: return change.flags;
    case FlagChange::Kind::Add: return Flags{static_cast<std::uint8_t>(flags.bits | change.flags.bits)};
    case FlagChange::Kind::Remove: return Flags{static_cast<std::uint8_t>(flags.bits & ~change.flags.bits)};
  }
  return flags;
}

Keywords changed_keywords(FolderState& folder, const Keywords& old, const FlagChange& change) {
  Keywords result = change.kind == FlagChange::Kind::Replace ? Keywords() : old;
  for (const std::string& keyword : change.keywords) {
    std::erase_if(result, [&](const std::string& other) { return iequals(other, keyword); });
    if (change.kind != FlagChange::Kind::Remove) result.push_back(folder.spelled(keyword));
  }
  std::ranges::sort(result);
  return result;
}

// Clearing T makes a message count again, which may be refused.
bool store_allowed(FolderState& folder, const std::vector<Uid>& uids, const FlagChange& change, WallTime now, Delta& delta) {
  for (const Uid uid : uids) {
    const Entry* entry = folder.find(uid);
    if (!entry) continue;
    const bool was = entry->message.flags.has(Flag::Deleted);
    const bool is = changed_flags(entry->message.flags, change).has(Flag::Deleted);
    if (was == is || folder.name().path() == "Trash") continue;
    delta.bytes += (was ? 1 : -1) * static_cast<std::int64_t>(entry->message.stored_size);
    delta.messages += was ? 1 : -1;
  }
  return delta.allowed(folder, now);
}

DiskResult<void> set_flags(FolderState& folder, Entry& entry, Flags flags) {
  const std::string name = with_flags(entry.name(), flags);
  auto renamed = folder.account().disk().rename(folder.file(entry), file_path(folder.path(), Place::Cur, name));
  if (renamed) folder.renamed(entry, Place::Cur, name);
  return renamed;
}

}  // namespace

StoreResult<Stored> store_flags(FolderState& folder, std::vector<Uid> uids, const FlagChange& change, std::optional<ModSeq> unchanged_since,
                                Sync sync, WallTime now) {
  sort_unique(uids);
  Delta delta;
  if (!store_allowed(folder, uids, change, now, delta)) return fail(over_quota());
  Stored stored;
  bool any_renamed = false;
  bool any_keyword = false;
  for (const Uid uid : uids) {
    Entry* entry = folder.find(uid);
    if (entry && unchanged_since && entry->message.modseq > *unchanged_since) {
      stored.modified.push_back(uid);
      continue;
    }
    const ModSeq before = entry ? entry->message.modseq : ModSeq();
    bool renames = false;
    const auto done = on_message(folder, uid, now, [&](Entry& found) -> DiskResult<void> {
      entry = &found;
      const Flags flags = changed_flags(found.message.flags, change);
      renames = flags != found.message.flags;
      return renames ? set_flags(folder, found, flags) : DiskResult<void>{};
    });
    if (!done && done.error().os_error == ENOENT) {
      stored.gone.push_back(uid);
      continue;
    }
    if (!done) {
      (void)folder.commit(Sync::No);
      return fail(store_error(done.error()));
    }
    Keywords keywords = changed_keywords(folder, folder.keywords(*entry), change);
    if (keywords != folder.keywords(*entry)) {
      folder.set_keywords(*entry, std::move(keywords));
      any_keyword = true;
    }
    any_renamed = any_renamed || renames;
    if (entry->message.modseq != before) stored.changed.push_back({.uid = uid, .modseq = entry->message.modseq});
  }
  delta.count(folder, now);
  if (any_renamed && sync == Sync::Yes) {
    if (auto synced = folder.account().disk().sync_directory(folder.path() + "/cur"); !synced) return fail(store_error(synced.error()));
  }
  if (auto committed = folder.commit(any_keyword ? sync : Sync::No); !committed) return fail(committed.error());
  return stored;
}

// --- EXPUNGE ---

StoreResult<std::vector<Uid>> remove_messages(FolderState& folder, std::vector<Uid> uids, bool marked_only, WallTime now) {
  sort_unique(uids);
  Disk& disk = folder.account().disk();
  Delta delta;
  std::vector<Uid> removed;
  bool in_new = false;
  bool in_cur = false;
  StoreResult<void> outcome;
  for (const Uid uid : uids) {
    const Entry* known = folder.find(uid);
    if (!known || (marked_only && !known->message.flags.has(Flag::Deleted))) continue;
    Delta one;
    const auto done = on_message(folder, uid, now, [&](const Entry& entry) {
      one = {};
      one.add(folder, entry, -1);
      (entry.place == Place::New ? in_new : in_cur) = true;
      return disk.unlink(folder.file(entry));
    });
    if (!done && done.error().os_error != ENOENT) {
      outcome = fail(store_error(done.error()));
      break;
    }
    delta.bytes += done ? one.bytes : 0;
    delta.messages += done ? one.messages : 0;
    removed.push_back(uid);  // unlinked, or gone already
  }
  // First the directory, then the journal: a message may come back as new after a crash, but never under a UID that was told gone.
  for (const Place place : {Place::New, Place::Cur}) {
    if (!(place == Place::New ? in_new : in_cur) || !outcome) continue;
    if (auto synced = disk.sync_directory(folder.path() + "/" + to_string(place)); !synced) outcome = fail(store_error(synced.error()));
  }
  folder.expunge(removed);
  delta.count(folder, now);
  if (auto committed = folder.commit(removed.empty() ? Sync::No : Sync::Yes); !committed) return fail(committed.error());
  if (!outcome) return fail(outcome.error());
  return removed;
}

}  // namespace courier::store
