// FolderState's journal: reading it, adding to it, writing it anew.
#include <cerrno>

#include <algorithm>

#include "base/encode.h"
#include "runtime/random.h"
#include "store/folder/adopt.h"
#include "store/folder/folder_state.h"

namespace courier::store {

namespace {

constexpr std::uint64_t kCompactFrom = 64 * 1024;  // bytes of journal

using Kind = JournalRecord::Kind;

}  // namespace

StoreResult<void> FolderState::load(WallTime now) {
  if (loaded_) return {};
  if (!is_maildir(account_.disk(), path_)) return fail(StoreError{.fault = StoreFault::NotFound, .text = "no folder " + path_});
  clean_tmp(account_.disk(), path_, now);
  const std::string file = path_ + "/courier-folder";
  auto text = read_file(account_.disk(), file);
  if (!text && text.error().os_error != ENOENT) return fail(store_error(text.error()));
  const JournalText journal = parse_journal(text ? *text : std::string());
  if (journal.records.empty() || journal.records[0].kind != Kind::Header) {
    // Damaged beyond use: kept aside, and clients are told by another UIDVALIDITY.
    if (text && !text->empty()) (void)account_.disk().rename(file, file + ".broken");
    start_new(now);
  } else {
    replay(journal.records);
    journal_size_ = text->size();
    rewrite_due_ = journal.torn;
  }
  loaded_ = true;
  return {};
}

void FolderState::start_new(WallTime now) {
  id_ = hex_encode(random_bytes(16));
  rewrite_due_ = true;
  highest_ = forgotten_ = account_.next_modseq();
  const Adopted adopted = Adopted::read(account_.disk(), path_);
  uid_validity_ = adopted.uid_validity.value != 0 ? adopted.uid_validity : account_.next_uid_validity(now);
  uid_next_ = uid_mark_ = Uid(std::max(1u, adopted.uid_next.value));
  for (const Adopted::One& one : adopted.messages) {
    auto entry = std::make_unique<Entry>();
    entry->message.uid = one.uid;
    entry->message.modseq = highest_;
    entry->message.keyword_set = keyword_set(one.keywords);
    entry->message.stored_size = size_of(one.file_name).value_or(0);
    entry->base = base_of(one.file_name);
    if (by_file_.contains(unique_part(entry->base))) continue;
    by_file_[unique_part(entry->base)] = entry.get();
    uid_next_ = uid_mark_ = std::max(uid_next_, Uid(one.uid.value + 1));
    if (!one.unique_id.empty()) unique_ids_[one.uid] = one.unique_id;
    entries_.push_back(std::move(entry));
  }
  // Messages that only a POP3 list knows have no UID yet: add() looks here.
  for (const auto& [unique, id] : adopted.unique_ids) adopted_ids_[unique] = id;
}

void FolderState::replay(const std::vector<JournalRecord>& records) {
  for (const JournalRecord& record : records) replay_one(record);
  by_uid_ = {};
  std::erase_if(entries_, [](const auto& entry) { return entry->message.uid.value == 0; });
  std::ranges::sort(entries_, {}, [](const auto& entry) { return entry->message.uid; });
  std::ranges::sort(expunged_);
  expunged_.erase(std::ranges::unique(expunged_).begin(), expunged_.end());
  // After an unclean end UIDs up to the mark may have been told.
  const JournalRecord& last = records.back();
  closed_ = last.kind == Kind::Closed;
  uid_next_ = closed_ ? last.uid : uid_mark_;
  if (!entries_.empty()) uid_next_ = std::max(uid_next_, Uid(entries_.back()->message.uid.value + 1));
  if (closed_) uid_mark_ = uid_next_;
  if (closed_ && last.settled) {
    // The summary's times stand for a scan: if they still hold, nothing need be listed.
    seen_times_ = {.fresh = last.new_modified, .cur = last.cur_modified};
    looked_ = true;
  }
  account_.seen(highest_);
  // Higher numbers than the journal knows may have been told, too; never higher than the account's mark.
  if (!closed_) highest_ = account_.next_modseq();
}

void FolderState::replay_message(const JournalRecord& record) {
  Entry* entry = find_any(record.uid);
  if (!entry) {
    entries_.push_back(std::make_unique<Entry>());
    entry = entries_.back().get();
    entry->message.uid = record.uid;
    by_uid_[record.uid.value] = entry;
  } else {
    by_file_.erase(unique_part(entry->base));
  }
  entry->message.modseq = record.modseq;
  entry->message.flags = flags_of(record.text);
  entry->message.fresh = record.place == Place::New;
  entry->message.stored_size = size_of(record.text).value_or(0);
  entry->place = record.place;
  entry->absent_since = 0;
  entry->base = base_of(record.text);
  entry->info = record.text.substr(entry->base.size());
  by_file_[unique_part(entry->base)] = entry;
}

void FolderState::replay_one(const JournalRecord& record) {
  highest_ = std::max(highest_, record.modseq);
  Entry* entry = record.uid.value != 0 && record.kind != Kind::Mark && record.kind != Kind::Closed ? find_any(record.uid) : nullptr;
  switch (record.kind) {
    case Kind::Header:
      uid_validity_ = record.uid_validity;
      id_ = record.text;
      break;
    case Kind::Mark: uid_mark_ = record.uid; break;
    case Kind::Message: replay_message(record); break;
    case Kind::Keywords:
      if (!entry) break;
      entry->message.keyword_set = keyword_set(record.keywords);
      entry->message.modseq = std::max(entry->message.modseq, record.modseq);
      break;
    case Kind::UniqueId: unique_ids_[record.uid] = record.text; break;
    case Kind::Absent:
      if (!entry) break;
      entry->absent_since = record.since;
      entry->message.modseq = record.modseq;
      remember_expunged(record.uid, record.modseq);
      break;
    case Kind::Expunged:
      remember_expunged(record.uid, record.modseq);
      if (!entry) break;
      by_file_.erase(unique_part(entry->base));
      entry->message.uid = Uid();  // taken out by replay(), all at once
      by_uid_.erase(record.uid.value);
      unique_ids_.erase(record.uid);
      break;
    case Kind::Forgotten: forgotten_ = record.modseq; break;
    case Kind::Closed: uid_mark_ = record.uid; break;
  }
}

// --- writing ---

void FolderState::log(JournalRecord record) {
  dirty_ = true;
  pending_ += write_record(record);
}

void FolderState::log_message(const Entry& entry) {
  log({.kind = Kind::Message, .uid = entry.message.uid, .modseq = entry.message.modseq, .text = entry.name(), .place = entry.place});
}

std::string FolderState::compacted() const {
  std::string text = write_record({.kind = Kind::Header, .text = id_, .uid_validity = uid_validity_});
  text += write_record({.kind = Kind::Mark, .uid = uid_mark_});
  text += write_record({.kind = Kind::Forgotten, .modseq = forgotten_});
  for (const auto& [modseq, uid] : expunged_) text += write_record({.kind = Kind::Expunged, .uid = uid, .modseq = modseq});
  for (const auto& entry : entries_) {
    const Message& message = entry->message;
    text +=
        write_record({.kind = Kind::Message, .uid = message.uid, .modseq = message.modseq, .text = entry->name(), .place = entry->place});
    if (message.keyword_set != 0) {
      text += write_record({.kind = Kind::Keywords, .uid = message.uid, .modseq = message.modseq, .keywords = keywords(*entry)});
    }
    if (entry->absent()) {
      text += write_record({.kind = Kind::Absent, .uid = message.uid, .modseq = message.modseq, .since = entry->absent_since});
    }
  }
  for (const auto& [uid, id] : unique_ids_) text += write_record({.kind = Kind::UniqueId, .uid = uid, .text = id});
  return text;
}

DiskResult<void> FolderState::rewrite() {
  const std::string text = compacted();
  if (auto replaced = replace_file(account_.disk(), path_ + "/courier-folder", text); !replaced) return replaced;
  pending_.clear();
  journal_size_ = text.size();
  rewrite_due_ = false;
  return {};
}

DiskResult<void> FolderState::append(Sync sync) {
  auto file = account_.disk().open(path_ + "/courier-folder", OpenMode::Append);
  if (!file) return fail(file.error());
  if (!pending_.empty()) {
    if (auto written = (*file)->write_at(0, pending_); !written) return written;
  }
  if (sync == Sync::Yes) {
    if (auto synced = (*file)->sync(); !synced) return synced;
  }
  journal_size_ += pending_.size();
  pending_.clear();
  return (*file)->close();
}

StoreResult<void> FolderState::commit(Sync sync) {
  if (auto checked = account_.check(); !checked) return fail(store_error(checked.error()));
  if (pending_.empty() && !rewrite_due_ && sync == Sync::No) return {};
  closed_ = false;
  const std::uint64_t needed = 200 * (entries_.size() + expunged_.size() / 4);
  if (journal_size_ + pending_.size() > kCompactFrom + 2 * needed) rewrite_due_ = true;
  if (!rewrite_due_) {
    const auto appended = append(sync);
    if (appended) return {};
    // Half a line may stand there now, or pages were lost: only a new file can be trusted.
    rewrite_due_ = true;
  }
  const auto rewritten = rewrite();
  if (!rewritten) return fail(store_error(rewritten.error()));
  return {};
}

void FolderState::close(WallTime now) {
  if (!loaded_ || (closed_ && pending_.empty())) return;
  const bool settled = looked_ && now.microseconds - std::max(seen_times_.fresh, seen_times_.cur).microseconds >= 2'000'000;
  JournalRecord record{.kind = Kind::Closed, .uid = uid_next_, .modseq = highest_};
  record.status = snapshot()->status();
  record.status.uid_next = Uid();
  record.status.uid_validity = UidValidity();
  record.status.highest_modseq = ModSeq();
  record.status.id.clear();
  record.new_modified = seen_times_.fresh;
  record.cur_modified = seen_times_.cur;
  record.settled = settled;
  // The record must be the last one, after whatever a rewrite puts there.
  if (!commit(Sync::No)) return;
  log(std::move(record));
  if (append(Sync::No)) {
    closed_ = true;
    uid_mark_ = uid_next_;  // as a reader of the record will see it
  } else {
    rewrite_due_ = true;
  }
}

}  // namespace courier::store
