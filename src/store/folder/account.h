// Account: the mail of one account in its maildir. Shared by all its sessions and deliveries of this process; one process
// only owns an account. All its blocking work runs on one strand. Called on the loop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/pool.h"
#include "runtime/task.h"
#include "store/folder/folder.h"
#include "store/folder/types.h"
#include "store/maildir/folder_name.h"
#include "store/maildir/quota.h"

namespace courier::store {

class Store;
struct AccountCore;

struct AccountSpec {
  std::string address;             // for the log
  std::string maildir;             // absolute
  std::uint64_t quota_bytes = 0, quota_messages = 0;  // 0: no limit
};

// A folder as LIST shows it. Folders above it may exist by name only: they are in the list with `selectable` false.
struct FolderEntry {
  FolderName name;
  bool selectable = true;
  bool has_children = false;       // meant for the inbox, too: everything is below it
  bool marked = false;             // inbox only: something lies in new/
};

struct QuotaUse {
  bool limited = false;
  std::uint64_t bytes = 0, messages = 0, bytes_limit = 0, messages_limit = 0;
};

class Account : public std::enable_shared_from_this<Account> {
 public:
  // Made by Store::account().
  Account(Store& store, AccountSpec spec, std::shared_ptr<AccountCore> core);
  ~Account();
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  [[nodiscard]] const AccountSpec& spec() const { return spec_; }
  [[nodiscard]] Pool& pool();
  [[nodiscard]] Loop& loop();

  // Opens a folder for a session, and adopts what Courier or Dovecot left there the first time. The maildir itself (the
  // inbox) is made when missing. The same object while anyone holds it.
  [[nodiscard]] Task<StoreResult<FolderPtr>> open(FolderName name);
  // Without opening it for long: the answer of STATUS. Does not move new/ to cur/.
  [[nodiscard]] Task<StoreResult<FolderStatus>> status(FolderName name);

  // Sorted by name, the inbox first.
  [[nodiscard]] Task<StoreResult<std::vector<FolderEntry>>> list();
  [[nodiscard]] Task<StoreResult<void>> create(FolderName name);
  // The folder, not its children. Sessions that have it open see deleted().
  [[nodiscard]] Task<StoreResult<void>> remove(FolderName name);
  // With all children; all or none. UIDs, UIDVALIDITY and id stay. Open folders of the old names become deleted(). The
  // inbox: its messages move to the new folder (RFC 3501, section 6.3.5).
  [[nodiscard]] Task<StoreResult<void>> rename(FolderName from, FolderName to);

  [[nodiscard]] Task<StoreResult<std::vector<FolderName>>> subscriptions();
  // A folder that does not exist may be subscribed, too.
  [[nodiscard]] Task<StoreResult<void>> subscribe(FolderName name, bool subscribed);

  [[nodiscard]] Task<StoreResult<QuotaUse>> quota();

  // Something was delivered into this folder by other means than append(): sessions that have it open look.
  void nudge(const FolderName& name);

 private:
  friend class Folder;
  friend class Upload;
  friend class Store;
  template <class Body>
  [[nodiscard]] auto work(Body body) -> Task<decltype(body(std::declval<AccountCore&>(), WallTime()))>;
  void set_limits(QuotaLimits limits);
  [[nodiscard]] FolderPtr open_folder(const FolderName& name);
  [[nodiscard]] FolderPtr folder_object(const FolderName& name);
  [[nodiscard]] Task<StoreResult<void>> rename_inbox(FolderName to);
  [[nodiscard]] std::vector<FolderPtr> open_family(const FolderName& name);
  Store& store_;
  AccountSpec spec_;
  QuotaLimits limits_;
  std::shared_ptr<AccountCore> core_;
  Strand strand_;
  std::map<FolderName, std::weak_ptr<Folder>> open_;  // expired ones are dropped as they are met
};
using AccountPtr = std::shared_ptr<Account>;

}  // namespace courier::store
