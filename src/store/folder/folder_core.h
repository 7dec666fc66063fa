// What a Folder on the loop and its jobs on the account's strand share. A job holds it: it lives as long as anything may still be written.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "runtime/loop.h"
#include "store/folder/folder.h"
#include "store/folder/folder_state.h"

namespace courier::store {

struct AccountCore {
  AccountCore(Disk& disk, std::string root, std::string host, std::uint64_t process_id)
      : state(disk, std::move(root), std::move(host), process_id) {}
  AccountState state;  // strand
};

struct FolderCore : std::enable_shared_from_this<FolderCore> {
  FolderCore(Loop& l, std::shared_ptr<AccountCore> a, FolderName name)
      : loop(l), account(std::move(a)), state(account->state, std::move(name)) {}

  // On the strand: makes the state's snapshot the current one and has the folder tell its listeners, if it is another.
  void publish();
  // Any thread.
  [[nodiscard]] SnapshotPtr latest() const {
    const std::lock_guard lock(mutex);
    return snapshot;
  }

  Loop& loop;
  std::shared_ptr<AccountCore> account;
  FolderState state;                 // strand
  std::weak_ptr<Folder> folder;      // set once, before the first job
  std::atomic<bool> deleted = false;

 private:
  mutable std::mutex mutex;          // guards snapshot
  SnapshotPtr snapshot;
};

}  // namespace courier::store
