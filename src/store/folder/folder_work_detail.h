// What the files of folder_work.h share.
#pragma once

#include <cerrno>
#include <cstdint>
#include <vector>

#include "store/folder/folder_state.h"

namespace courier::store::work {

inline constexpr int most_tries = 4;

// Does `action(entry)` on a message's file, again after another look when another program has renamed it meanwhile. ENOENT: it is gone.
template <class Action>
auto on_message(FolderState& folder, Uid uid, WallTime now, Action action) -> decltype(action(*folder.find(uid))) {
  for (int round = 0;; ++round) {
    Entry* entry = folder.find(uid);
    if (!entry) return fail(DiskError{.os_error = ENOENT, .operation = "find", .path = folder.path()});
    auto done = action(*entry);
    if (done || done.error().os_error != ENOENT || round == most_tries) return done;
    (void)folder.scan(now, true);
  }
}

// Ascending, each once.
void sort_unique(std::vector<Uid>& uids);

// What an operation adds to the account's use.
struct Delta {
  std::int64_t bytes = 0, messages = 0;
  // The message comes (1) or goes (-1), if it counts.
  void add(const FolderState& folder, const Entry& entry, int sign);
  [[nodiscard]] bool allowed(FolderState& folder, WallTime now) const;
  void count(FolderState& folder, WallTime now) const;
};

[[nodiscard]] StoreError over_quota();

}  // namespace courier::store::work
