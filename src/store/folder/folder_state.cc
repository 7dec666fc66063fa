#include "store/folder/folder_state.h"

#include <cerrno>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace courier::store {

namespace {

constexpr std::uint32_t kReserved = 1000;          // UIDs per synced mark
constexpr std::size_t kMaxExpunged = 20'000;       // remembered

using Kind = JournalRecord::Kind;

}  // namespace

StoreError store_error(const DiskError& error) {
  StoreFault fault = StoreFault::Broken;
  switch (error.os_error) {
    case ENOENT: fault = StoreFault::NotFound; break;
    case EEXIST: fault = StoreFault::Exists; break;
    case EINVAL:
    case ENAMETOOLONG: fault = StoreFault::InvalidName; break;
    case ENOSPC:
    case EDQUOT: fault = StoreFault::NoSpace; break;
    default: break;
  }
  return {.fault = fault, .text = to_string(error)};
}

FolderState::FolderState(AccountState& account, FolderName name)
    : account_(account),
      name_(std::move(name)),
      path_(folder_path(account.root(), name_)),
      keyword_sets_{std::make_shared<const Keywords>()},
      known_keywords_(std::make_shared<const Keywords>()) {}

// --- what is there ---

Entry* FolderState::find_any(Uid uid) {
  if (!loaded_) {
    const auto known = by_uid_.find(uid.value);
    return known == by_uid_.end() ? nullptr : known->second;
  }
  const auto place = std::ranges::lower_bound(entries_, uid, {}, [](const auto& e) { return e->message.uid; });
  return place != entries_.end() && (*place)->message.uid == uid ? place->get() : nullptr;
}

Entry* FolderState::find(Uid uid) {
  Entry* entry = find_any(uid);
  return entry && !entry->absent() ? entry : nullptr;
}

Entry* FolderState::find_file(std::string_view file_name) {
  const auto place = by_file_.find(unique_part(file_name));
  return place == by_file_.end() ? nullptr : place->second;
}

std::vector<Uid> FolderState::all() const {
  std::vector<Uid> uids;
  for (const auto& entry : entries_) {
    if (!entry->absent()) uids.push_back(entry->message.uid);
  }
  return uids;
}

std::string FolderState::unique_id(Uid uid) const {
  const auto place = unique_ids_.find(uid);
  return place == unique_ids_.end() ? std::string() : place->second;
}

SnapshotPtr FolderState::snapshot() {
  if (!dirty_ && snapshot_) return snapshot_;
  std::vector<Message> messages;
  messages.reserve(entries_.size());
  for (const auto& entry : entries_) {
    if (!entry->absent()) messages.push_back(entry->message);
  }
  SnapshotBuilder::Facts facts{.keyword_sets = keyword_sets_,
                               .known_keywords = known_keywords_,
                               .uid_validity = uid_validity_,
                               .uid_next = uid_next_,
                               .highest_modseq = highest_,
                               .id = id_};
  snapshot_ = SnapshotBuilder::build(messages, std::move(facts), snapshot_.get());
  dirty_ = false;
  return snapshot_;
}

std::optional<std::vector<Uid>> FolderState::expunged_since(ModSeq since) {
  if (since < forgotten_) return std::nullopt;
  std::vector<Uid> uids;
  for (auto place = std::ranges::upper_bound(expunged_, since, {}, &std::pair<ModSeq, Uid>::first); place != expunged_.end(); ++place) {
    if (!find(place->second)) uids.push_back(place->second);  // unless it came back
  }
  std::ranges::sort(uids);
  uids.erase(std::ranges::unique(uids).begin(), uids.end());
  return uids;
}

// --- keywords ---

std::string FolderState::spelled(const std::string& keyword) {
  for (const std::string& known : *known_keywords_) {
    if (iequals(known, keyword)) return known;
  }
  auto grown = std::make_shared<Keywords>(*known_keywords_);
  grown->push_back(keyword);
  known_keywords_ = std::move(grown);
  return keyword;
}

std::uint32_t FolderState::keyword_set(Keywords keywords) {
  for (std::string& keyword : keywords) keyword = spelled(keyword);
  std::ranges::sort(keywords);
  keywords.erase(std::ranges::unique(keywords).begin(), keywords.end());
  for (std::uint32_t i = 0; i < keyword_sets_.size(); ++i) {
    if (*keyword_sets_[i] == keywords) return i;
  }
  keyword_sets_.push_back(std::make_shared<const Keywords>(std::move(keywords)));
  return static_cast<std::uint32_t>(keyword_sets_.size() - 1);
}

// --- changes ---

StoreResult<void> FolderState::reserve(std::size_t count) {
  if (uid_next_.value + count <= uid_mark_.value) return {};
  uid_mark_ = Uid(uid_next_.value + static_cast<std::uint32_t>(count) + kReserved);
  log({.kind = Kind::Mark, .uid = uid_mark_});
  return commit(Sync::Yes);
}

Entry& FolderState::add(Place place, std::string_view file_name) {
  CHECK(uid_next_ < uid_mark_);
  entries_.push_back(std::make_unique<Entry>());
  Entry& entry = *entries_.back();
  entry.message.uid = Uid(uid_next_.value++);
  entry.message.modseq = highest_ = account_.next_modseq();
  entry.message.flags = flags_of(file_name);
  entry.message.fresh = place == Place::New;
  entry.message.stored_size = size_of(file_name).value_or(0);
  entry.place = place;
  entry.base = base_of(file_name);
  entry.info = file_name.substr(entry.base.size());
  entry.scan = scans_;
  by_file_[unique_part(entry.base)] = &entry;
  log_message(entry);
  const auto adopted = adopted_ids_.find(unique_part(entry.base));
  if (adopted != adopted_ids_.end()) set_unique_id(entry.message.uid, adopted->second);
  return entry;
}

void FolderState::renamed(Entry& entry, Place place, std::string_view file_name) {
  const bool came_back = entry.absent();
  const Flags flags = flags_of(file_name);
  if (came_back || flags != entry.message.flags) entry.message.modseq = highest_ = account_.next_modseq();
  entry.absent_since = 0;
  entry.message.flags = flags;
  entry.message.fresh = place == Place::New;
  entry.place = place;
  if (base_of(file_name) != entry.base) {
    by_file_.erase(unique_part(entry.base));
    entry.base = base_of(file_name);
    entry.message.stored_size = size_of(file_name).value_or(0);
    by_file_[unique_part(entry.base)] = &entry;
  }
  entry.info = file_name.substr(entry.base.size());
  log_message(entry);
}

void FolderState::set_keywords(Entry& entry, Keywords keywords) {
  const std::uint32_t set = keyword_set(std::move(keywords));
  if (set == entry.message.keyword_set) return;
  entry.message.keyword_set = set;
  entry.message.modseq = highest_ = account_.next_modseq();
  log({.kind = Kind::Keywords, .uid = entry.message.uid, .modseq = highest_, .keywords = this->keywords(entry)});
}

void FolderState::set_unique_id(Uid uid, std::string id) {
  log({.kind = Kind::UniqueId, .uid = uid, .text = id});
  unique_ids_[uid] = std::move(id);
}

void FolderState::remember_expunged(Uid uid, ModSeq modseq) {
  expunged_.emplace_back(modseq, uid);
  if (expunged_.size() <= kMaxExpunged) return;
  // Half at once, so that it is not done each time.
  const auto keep = expunged_.begin() + static_cast<std::ptrdiff_t>(kMaxExpunged / 2);
  forgotten_ = (keep - 1)->first;
  expunged_.erase(expunged_.begin(), keep);
  rewrite_due_ = true;
}

void FolderState::expunge(const std::vector<Uid>& uids) {
  for (const Uid uid : uids) {
    Entry* entry = find_any(uid);
    if (!entry) continue;
    highest_ = account_.next_modseq();
    log({.kind = Kind::Expunged, .uid = uid, .modseq = highest_});
    remember_expunged(uid, highest_);
    by_file_.erase(unique_part(entry->base));
    unique_ids_.erase(uid);
  }
  std::erase_if(entries_, [&](const auto& entry) { return std::ranges::binary_search(uids, entry->message.uid); });
}

}  // namespace courier::store
