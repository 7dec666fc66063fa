// Store: the accounts that this process owns. One object a process; outlives every Account, Folder and Upload.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "runtime/disk.h"
#include "runtime/loop.h"
#include "runtime/pool.h"
#include "runtime/task.h"
#include "runtime/task_group.h"
#include "store/folder/account.h"
#include "store/maildir/message_name.h"

namespace courier {
class FileWatcher;
}

namespace courier::store {

class ComputedCache;

struct StoreSettings {
  std::string host_name;           // in the names of files we write
  std::uint64_t process_id = 0;    // the same
};

class Store {
 public:
  // `watcher` may be null: other programs' changes are then noticed at the next command. `cache` may be null: nothing is
  // remembered. All outlive the store.
  Store(Loop& loop, Disk& disk, Pool& pool, FileWatcher* watcher, ComputedCache* cache, StoreSettings settings);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The same object for one maildir while anyone holds it; a later spec with another quota replaces the limits.
  [[nodiscard]] AccountPtr account(const AccountSpec& spec);

  // The account if somebody holds it, else null.
  [[nodiscard]] AccountPtr open_account(const std::string& maildir) const;

  // After the last session ended: folders that were left write down their counters. False when the deadline came first
  // (which costs a gap in the UIDs, nothing else).
  [[nodiscard]] Task<bool> settle(Deadline deadline);

  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] Disk& disk() { return disk_; }
  [[nodiscard]] Pool& pool() { return pool_; }
  [[nodiscard]] FileWatcher* watcher() { return watcher_; }
  [[nodiscard]] ComputedCache* cache() { return cache_; }
  [[nodiscard]] const StoreSettings& settings() const { return settings_; }

 private:
  friend class Account;
  friend class Folder;
  friend class Upload;
  [[nodiscard]] std::string unique_name();
  Loop& loop_;
  Disk& disk_;
  Pool& pool_;
  FileWatcher* watcher_;
  ComputedCache* cache_;
  StoreSettings settings_;
  NameMaker names_;
  std::map<std::string, std::weak_ptr<Account>> accounts_;
  TaskGroup background_;           // folders being closed or looked at
};

}  // namespace courier::store
