#include "store/folder/folder_work.h"

#include <algorithm>

#include "store/folder/folder_work_detail.h"
#include "store/maildir/message_name.h"

namespace courier::store {

namespace work {

void sort_unique(std::vector<Uid>& uids) {
  std::ranges::sort(uids);
  uids.erase(std::ranges::unique(uids).begin(), uids.end());
}

void Delta::add(const FolderState& folder, const Entry& entry, int sign) {
  if (!counts(folder.name(), entry.name())) return;
  bytes += sign * static_cast<std::int64_t>(entry.message.stored_size);
  messages += sign;
}

bool Delta::allowed(FolderState& folder, WallTime now) const {
  return (bytes <= 0 && messages <= 0) || folder.account().quota(now).allows(bytes, messages, now);
}

void Delta::count(FolderState& folder, WallTime now) const { folder.account().quota(now).add(bytes, messages, now); }

StoreError over_quota() { return {.fault = StoreFault::OverQuota, .text = "over quota"}; }

}  // namespace work

using namespace work;

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
    const std::string base = with_sizes(folder.account().names().make(now), message.content->size(), message.content->wire_size());
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

}  // namespace courier::store
