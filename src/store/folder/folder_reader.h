// FolderReader: a folder's messages for one job on its account's strand (Folder::read). Blocking; gone when the job ends.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/folder/folder.h"
#include "store/folder/folder_state.h"

namespace courier::store {

class ComputedCache;

class FolderReader {
 public:
  // `cache` may be null. Both outlive it.
  FolderReader(FolderState& folder, ComputedCache* cache, WallTime now) : folder_(folder), cache_(cache), now_(now) {}

  // Into `message`, whose buffer is used again. A message that another program renamed is found again. False: it is gone.
  [[nodiscard]] StoreResult<bool> load(Uid uid, const ReadLimits& limits, LoadedMessage& message);

  // Calls `found` for those of `uids` of which something is remembered, in their order, with their index. Its strings may be taken.
  using Found = std::function<void(std::size_t index, Computed& computed)>;
  void computed(std::span<const Uid> uids, const Found& found);

 private:
  [[nodiscard]] DiskResult<void> load_one(const Entry& entry, const ReadLimits& limits, LoadedMessage& message);
  [[nodiscard]] DiskResult<bool> read_small(const Entry& entry, const ReadLimits& limits, LoadedMessage& message);
  [[nodiscard]] DiskResult<void> open_file(const Entry& entry, const ReadLimits& limits, LoadedMessage& message);

  FolderState& folder_;
  ComputedCache* cache_;
  WallTime now_;
  DirectoryPtr directories_[2];  // by Place, once they are needed
  std::string name_;
  std::vector<std::string_view> names_;
  std::vector<std::size_t> indices_;
};

}  // namespace courier::store
