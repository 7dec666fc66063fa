#include "store/folder/folder_work.h"

#include <cerrno>

#include <algorithm>

#include "base/text.h"
#include "store/maildir/message_name.h"

namespace courier::store {

namespace {

constexpr int kTries = 4;
constexpr std::size_t kPiece = 128 * 1024;

// Does `action(entry)` on a message's file, again after another look when another program has renamed it meanwhile. ENOENT: it is gone.
template <class Action>
auto on_message(FolderState& folder, Uid uid, WallTime now, Action action) -> decltype(action(*folder.find(uid))) {
  for (int round = 0;; ++round) {
    Entry* entry = folder.find(uid);
    if (!entry) return fail(DiskError{.os_error = ENOENT, .operation = "find", .path = folder.path()});
    auto done = action(*entry);
    if (done || done.error().os_error != ENOENT || round == kTries) return done;
    (void)folder.scan(now, true);
  }
}

void sort_unique(std::vector<Uid>& uids) {
  std::ranges::sort(uids);
  uids.erase(std::ranges::unique(uids).begin(), uids.end());
}

std::int64_t counted_size(const FolderState& folder, const Entry& entry) {
  return counts(folder.name(), entry.name()) ? static_cast<std::int64_t>(entry.message.stored_size) : 0;
}
std::int64_t counted(const FolderState& folder, const Entry& entry) { return counts(folder.name(), entry.name()) ? 1 : 0; }

// What an operation adds to the account's use.
struct Delta {
  std::int64_t bytes = 0, messages = 0;
  void add(const FolderState& folder, const Entry& entry, int sign) {
    bytes += sign * counted_size(folder, entry);
    messages += sign * counted(folder, entry);
  }
  [[nodiscard]] bool allowed(FolderState& folder, WallTime now) const {
    return (bytes <= 0 && messages <= 0) || folder.account().quota(now).allows(bytes, messages, now);
  }
  void count(FolderState& folder, WallTime now) const { folder.account().quota(now).add(bytes, messages, now); }
};

StoreError over_quota() { return {.fault = StoreFault::OverQuota, .text = "over quota"}; }

}  // namespace

// --- reading ---

namespace {

DiskResult<LoadedMessage> load_one(FolderState& folder, const Entry& entry, const ReadLimits& limits) {
  LoadedMessage message;
  message.uid = entry.message.uid;
  message.base_name = entry.base;
  const std::string path = folder.file(entry);
  Disk& disk = folder.account().disk();
  if (limits.facts_only) {
    const auto facts = disk.facts(path);
    if (!facts) return fail(facts.error());
    message.size = facts->size;
    message.internal_date = facts->modified;
    return message;
  }
  auto file = disk.open(path, OpenMode::Read);
  if (!file) return fail(file.error());
  const auto facts = (*file)->facts();
  if (!facts) return fail(facts.error());
  message.size = facts->size;
  message.internal_date = facts->modified;
  if (message.size > limits.whole) {
    message.file = std::move(*file);
    return message;
  }
  message.bytes.resize(message.size);
  const auto got = (*file)->read_at(0, message.bytes);
  if (!got) return fail(got.error());
  message.bytes.resize(*got);
  message.has_bytes = true;
  return message;
}

}  // namespace

StoreResult<std::vector<LoadedMessage>> load_messages(FolderState& folder, const std::vector<Uid>& uids, const ReadLimits& limits,
                                                      WallTime now) {
  std::vector<LoadedMessage> messages;
  std::uint64_t together = 0;
  for (const Uid uid : uids) {
    auto message = on_message(folder, uid, now, [&](const Entry& entry) { return load_one(folder, entry, limits); });
    if (!message && message.error().os_error == ENOENT) continue;
    if (!message) return fail(store_error(message.error()));
    together += message->bytes.size();
    messages.push_back(std::move(*message));
    if (together >= limits.together) break;
  }
  return messages;
}

// --- APPEND ---

StoreResult<Appended> append_messages(FolderState& folder, std::vector<Prepared> messages, WallTime now) {
  Disk& disk = folder.account().disk();
  Delta delta;
  std::vector<std::string> placed;
  const auto undo = [&](const StoreError& error) {
    for (const std::string& name : placed) (void)disk.unlink(file_path(folder.path(), Place::Cur, name));
    return fail(error);
  };
  for (Prepared& message : messages) {
    if (auto finished = message.content->finish(message.internal_date); !finished) return fail(store_error(finished.error()));
    delta.bytes += static_cast<std::int64_t>(message.content->size());
    ++delta.messages;
  }
  if (folder.name().path() == "Trash") delta = {};
  if (!delta.allowed(folder, now)) return fail(over_quota());
  if (auto reserved = folder.reserve(messages.size()); !reserved) return fail(reserved.error());
  for (Prepared& message : messages) {
    const std::string base =
        with_sizes(folder.account().names().make(now), message.content->size(), message.content->wire_size());
    std::string name = with_flags(base, message.flags);
    if (auto renamed = disk.rename(message.content->tmp(), file_path(folder.path(), Place::Cur, name)); !renamed) {
      return undo(store_error(renamed.error()));
    }
    message.content->given_away();
    placed.push_back(std::move(name));
  }
  if (auto synced = disk.sync_directory(folder.path() + "/cur"); !synced) return undo(store_error(synced.error()));
  Appended appended{.uid_validity = folder.uid_validity(), .uids = {}};
  for (std::size_t i = 0; i < messages.size(); ++i) {
    Entry& entry = folder.add(Place::Cur, placed[i]);
    folder.set_keywords(entry, messages[i].keywords);
    appended.uids.push_back(entry.message.uid);
  }
  delta.count(folder, now);
  if (auto committed = folder.commit(Sync::Yes); !committed) return fail(committed.error());
  return appended;
}

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

// --- COPY and MOVE ---

namespace {

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
