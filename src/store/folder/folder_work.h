// What sessions do to a folder's messages: the blocking bodies of Folder's operations. On the account's strand only. Each finds a message
// again that another program renamed meanwhile, and commits what it changed before it returns.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/folder/folder.h"
#include "store/folder/folder_state.h"
#include "store/folder/upload_content.h"

namespace courier::store {

struct Prepared {
  std::shared_ptr<UploadContent> content;
  Flags flags;
  Keywords keywords;
  WallTime internal_date;
};
[[nodiscard]] StoreResult<Appended> append_messages(FolderState& folder, std::vector<Prepared> messages, WallTime now);

[[nodiscard]] StoreResult<Stored> store_flags(FolderState& folder, std::vector<Uid> uids, const FlagChange& change,
                                              std::optional<ModSeq> unchanged_since, Sync sync, WallTime now);

// `marked_only`: only those with \Deleted.
[[nodiscard]] StoreResult<std::vector<Uid>> remove_messages(FolderState& folder, std::vector<Uid> uids, bool marked_only, WallTime now);

[[nodiscard]] StoreResult<Copied> copy_messages(FolderState& from, FolderState& to, std::vector<Uid> uids, WallTime now);
[[nodiscard]] StoreResult<Copied> move_messages(FolderState& from, FolderState& to, std::vector<Uid> uids, WallTime now);

}  // namespace courier::store
