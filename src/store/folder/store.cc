#include "store/folder/store.h"

#include "store/folder/folder_core.h"

namespace courier::store {

Store::Store(Loop& loop, Disk& disk, Pool& pool, FileWatcher* watcher, ComputedCache* cache, StoreSettings settings)
    : loop_(loop),
      disk_(disk),
      pool_(pool),
      watcher_(watcher),
      cache_(cache),
      settings_(std::move(settings)),
      names_(settings_.host_name, settings_.process_id),
      background_(loop, no_exceptions()) {}

Store::~Store() = default;

std::string Store::unique_name() { return names_.make(loop_.wall_now()) + "_upload"; }

AccountPtr Store::account(const AccountSpec& spec) {
  const auto place = accounts_.find(spec.maildir);
  AccountPtr account = place == accounts_.end() ? nullptr : place->second.lock();
  if (!account) {
    account = std::make_shared<Account>(*this, spec,
                                        std::make_shared<AccountCore>(disk_, spec.maildir, settings_.host_name, settings_.process_id));
    std::erase_if(accounts_, [](const auto& entry) { return entry.second.expired(); });
    accounts_[spec.maildir] = account;
  }
  account->set_limits({.bytes = spec.quota_bytes, .messages = spec.quota_messages});
  return account;
}

AccountPtr Store::open_account(const std::string& maildir) const {
  const auto place = accounts_.find(maildir);
  return place == accounts_.end() ? nullptr : place->second.lock();
}

Task<bool> Store::settle(Deadline deadline) { return background_.wait_empty(deadline); }

}  // namespace courier::store
