// What all folders of an account share: the counter of modification sequences and the last UIDVALIDITY. Kept in "courier-account" in
// the maildir. Blocking; used on the account's strand only.
//
// The file holds a mark above every number handed out; a start goes on from the mark, so neither ever falls, whatever was lost.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/disk.h"
#include "store/folder/types.h"
#include "store/maildir/message_name.h"
#include "store/maildir/quota.h"

namespace courier::store {

class AccountState {
 public:
  AccountState(Disk& disk, std::string root, std::string host, std::uint64_t process_id);

  [[nodiscard]] Disk& disk() { return disk_; }
  [[nodiscard]] const std::string& root() const { return root_; }
  [[nodiscard]] NameMaker& names() { return names_; }
  [[nodiscard]] Quota quota(WallTime now);
  QuotaLimits limits;

  // Each number once. When the mark cannot be written the numbers go on all the same, and check() tells.
  [[nodiscard]] ModSeq next_modseq();
  // No number at or below this will be handed out: what a folder's journal has seen.
  void seen(ModSeq modseq);
  // max(now, last + 1).
  [[nodiscard]] UidValidity next_uid_validity(WallTime now);
  // The error of the last write of the mark, if it failed; tries once more.
  [[nodiscard]] DiskResult<void> check();

 private:
  void load();
  [[nodiscard]] DiskResult<void> save();

  Disk& disk_;
  std::string root_;
  NameMaker names_;
  bool loaded_ = false;
  bool unsaved_ = false;
  std::uint64_t modseq_ = 0, mark_ = 0;
  std::uint32_t last_uid_validity_ = 0;
};

}  // namespace courier::store
