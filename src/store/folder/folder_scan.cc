// Looking at the Maildir: what other programs did to it.
//
// "Not seen in a listing" is not "expunged": while a directory is being changed, a listing may miss files that are there all the time.
// A message is gone when two listings around an unchanged and settled modification time lack it and its last name leads nowhere. Even
// then it is remembered for some minutes, and has its UID again when it comes back.
#include <cerrno>

#include <algorithm>

#include "store/folder/folder_state.h"
#include "store/maildir/message_name.h"

namespace courier::store {

namespace {

// A time of modification that is younger may yet stand for another change (clocks of file systems tick slowly).
constexpr std::int64_t kSettled = seconds(2).nanoseconds / 1000;
constexpr std::int64_t kAbsentSeconds = 600;

}  // namespace

DiskResult<FolderState::Times> FolderState::times() {
  const auto fresh = account_.disk().facts(path_ + "/new");
  if (!fresh) return fail(fresh.error());
  const auto cur = account_.disk().facts(path_ + "/cur");
  if (!cur) return fail(cur.error());
  return Times{.fresh = fresh->modified, .cur = cur->modified};
}

StoreResult<FolderState::Scanned> FolderState::scan(WallTime now, bool force) {
  const auto before = times();
  if (!before) return fail(store_error(before.error()));
  if (*before != seen_times_) {
    seen_times_ = *before;
    seen_since_ = now.microseconds;
    looked_ = false;
  }
  forget_absent(now);
  if (looked_ && !force) return Scanned{};
  // By the file system's clock, or, when that one is ahead of ours, because we saw nothing else for as long.
  const bool settled =
      now.microseconds - std::max(before->fresh, before->cur).microseconds >= kSettled || now.microseconds - seen_since_ >= kSettled;
  auto files = list_messages(account_.disk(), path_);
  if (!files) return fail(store_error(files.error()));
  ++scans_;
  if (auto merged = merge(std::move(*files)); !merged) return fail(merged.error());
  const auto open = confirm_absent(*before, settled, now);
  if (!open) return fail(open.error());
  looked_ = settled && !*open;
  return Scanned{.recheck = *open};
}

StoreResult<void> FolderState::merge(std::vector<MessageFile> files) {
  std::vector<const MessageFile*> unknown;
  for (const MessageFile& file : files) {
    Entry* entry = find_file(file.name);
    if (!entry) {
      unknown.push_back(&file);
      continue;
    }
    const bool seen_twice = entry->scan == scans_;  // renamed while we looked: cur/ is where it went
    entry->scan = scans_;
    const bool other = entry->absent() || entry->place != file.place || entry->name() != file.name;
    if (other && !(seen_twice && file.place == Place::New)) renamed(*entry, file.place, file.name);
  }
  std::ranges::sort(unknown, [](const MessageFile* a, const MessageFile* b) { return arrived_before(a->name, b->name); });
  if (auto reserved = reserve(unknown.size()); !reserved) return reserved;
  for (const MessageFile* file : unknown) {
    if (!find_file(file->name)) add(file->place, file->name);
  }
  return {};
}

StoreResult<bool> FolderState::confirm_absent(const Times& before, bool settled, WallTime now) {
  const auto unseen = [this](const auto& entry) { return entry->scan != scans_ && !entry->absent(); };
  if (std::ranges::none_of(entries_, unseen)) return false;
  if (!settled) return true;
  auto files = list_messages(account_.disk(), path_);
  if (!files) return fail(store_error(files.error()));
  if (auto merged = merge(std::move(*files)); !merged) return fail(merged.error());
  const auto after = times();
  if (!after || *after != before) return true;
  bool open = false;
  for (const auto& entry : entries_) {
    if (!unseen(entry)) continue;
    const auto facts = account_.disk().facts(file(*entry));
    if (facts || facts.error().os_error != ENOENT) {
      open = true;
      continue;
    }
    entry->absent_since = std::max<std::int64_t>(1, now.seconds());
    entry->message.modseq = highest_ = account_.next_modseq();
    remember_expunged(entry->message.uid, highest_);
    log({.kind = JournalRecord::Kind::Absent, .uid = entry->message.uid, .modseq = highest_, .since = entry->absent_since});
  }
  return open;
}

void FolderState::forget_absent(WallTime now) {
  std::vector<Uid> forgotten;
  for (const auto& entry : entries_) {
    if (entry->absent() && now.seconds() - entry->absent_since > kAbsentSeconds) forgotten.push_back(entry->message.uid);
  }
  if (!forgotten.empty()) expunge(forgotten);
}

std::vector<Uid> FolderState::take_new() {
  std::vector<Uid> taken;
  for (const auto& entry : entries_) {
    if (entry->place != Place::New || entry->absent()) continue;
    const std::string name = with_flags(entry->name(), entry->message.flags);
    // Somebody else moved or removed it: the next scan will see.
    if (!account_.disk().rename(file(*entry), file_path(path_, Place::Cur, name))) continue;
    renamed(*entry, Place::Cur, name);
    taken.push_back(entry->message.uid);
  }
  return taken;
}

}  // namespace courier::store
