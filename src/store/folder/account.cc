#include "store/folder/account.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "runtime/file_watch.h"
#include "store/folder/folder_core.h"
#include "store/folder/store.h"
#include "store/folder/subscriptions.h"
#include "store/folder/summary.h"

namespace courier::store {

namespace {

StoreError invalid(const FolderName& name) {
  return {.fault = StoreFault::InvalidName, .text = "not possible for this folder: " + (name.is_inbox() ? "INBOX" : name.path())};
}

template <class T>
StoreResult<T> as_store(DiskResult<T> result) {
  if (!result) return fail(store_error(result.error()));
  return StoreResult<T>(std::move(result).value());
}
StoreResult<void> as_store(const DiskResult<void>& result) {
  if (!result) return fail(store_error(result.error()));
  return {};
}

std::vector<FolderEntry> as_list(const std::vector<FolderName>& folders, bool marked) {
  std::set<FolderName> selectable(folders.begin(), folders.end());
  std::set<FolderName> names = selectable;
  std::set<FolderName> parents;
  for (FolderName name : folders) {
    while (!name.is_inbox()) {
      names.insert(name);
      name = name.parent();
      parents.insert(name);
    }
  }
  names.insert(FolderName());
  std::vector<FolderEntry> list;
  for (const FolderName& name : names) {
    list.push_back({.name = name,
                    .selectable = name.is_inbox() || selectable.contains(name),
                    .has_children = parents.contains(name),
                    .marked = name.is_inbox() && marked});
  }
  return list;
}

}  // namespace

Account::Account(Store& store, AccountSpec spec, std::shared_ptr<AccountCore> core)
    : store_(store), spec_(std::move(spec)), core_(std::move(core)), strand_(store.pool()) {}
Account::~Account() = default;

Pool& Account::pool() { return store_.pool(); }
Loop& Account::loop() { return store_.loop(); }

void Account::set_limits(QuotaLimits limits) {
  if (limits == limits_) return;
  limits_ = limits;
  spec_.quota_bytes = limits.bytes;
  spec_.quota_messages = limits.messages;
  strand_.submit(Callback([core = core_, limits] { core->state.limits = limits; }));
}

template <class Body>
auto Account::work(Body body) -> Task<decltype(body(std::declval<AccountCore&>(), WallTime()))> {
  const AccountPtr self = shared_from_this();
  co_return co_await strand_.run([core = core_, now = loop().wall_now(), body = std::move(body)]() mutable { return body(*core, now); });
}

// --- opening ---

FolderPtr Account::open_folder(const FolderName& name) {
  const auto place = open_.find(name);
  if (place == open_.end()) return nullptr;
  FolderPtr folder = place->second.lock();
  if (!folder || folder->deleted()) {
    open_.erase(place);
    return nullptr;
  }
  return folder;
}

FolderPtr Account::folder_object(const FolderName& name) {
  if (FolderPtr folder = open_folder(name)) return folder;
  const auto core = std::make_shared<FolderCore>(loop(), core_, name);
  auto folder = std::make_shared<Folder>(shared_from_this(), name, core);
  core->folder = folder;
  open_[name] = folder;
  return folder;
}

Task<StoreResult<FolderPtr>> Account::open(FolderName name) {
  FolderPtr folder = folder_object(name);
  if (auto started = co_await folder->start(); !started) co_return fail(started.error());
  if (auto seen = co_await folder->refresh(Access::Examine); !seen) co_return fail(seen.error());
  co_return std::move(folder);
}

Task<StoreResult<FolderStatus>> Account::status(FolderName name) {
  if (const FolderPtr folder = open_folder(name)) {
    auto seen = co_await folder->refresh(Access::Examine);
    if (!seen) co_return fail(seen.error());
    co_return seen->snapshot->status();
  }
  co_return co_await work([name](AccountCore& core, WallTime now) { return summary_of(core.state, name, now); });
}

void Account::nudge(const FolderName& name) {
  if (const FolderPtr folder = open_folder(name)) folder->nudge();
}

// --- folders ---

Task<StoreResult<std::vector<FolderEntry>>> Account::list() {
  return work([](AccountCore& core, WallTime) -> StoreResult<std::vector<FolderEntry>> {
    AccountState& state = core.state;
    if (auto made = make_maildir(state.disk(), state.root()); !made) return fail(store_error(made.error()));
    const auto folders = list_folders(state.disk(), state.root());
    if (!folders) return fail(store_error(folders.error()));
    const auto fresh = state.disk().list(state.root() + "/new");
    return as_list(*folders, fresh && !fresh->empty());
  });
}

Task<StoreResult<void>> Account::create(FolderName name) {
  return work([name](AccountCore& core, WallTime) {
    AccountState& state = core.state;
    if (auto made = make_maildir(state.disk(), state.root()); !made) return as_store(made);
    return as_store(create_folder(state.disk(), state.root(), name));
  });
}

std::vector<FolderPtr> Account::open_family(const FolderName& name) {
  std::vector<FolderPtr> family;
  for (const auto& [other, weak] : open_) {
    FolderPtr folder = other == name || other.is_below(name) ? weak.lock() : nullptr;
    if (folder && !folder->deleted()) family.push_back(std::move(folder));
  }
  return family;
}

Task<StoreResult<void>> Account::remove(FolderName name) {
  if (name.is_inbox()) co_return fail(invalid(name));
  const FolderPtr open = open_folder(name);
  auto removed = co_await work([name, opened = open ? open->core_ : nullptr](AccountCore& core, WallTime now) -> StoreResult<void> {
    AccountState& state = core.state;
    auto done = remove_folder(state.disk(), state.root(), name, state.names().make(now));
    if (!done) return fail(store_error(done.error()));
    if (opened) opened->deleted = true;
    state.quota(now).recalculate(now);
    return {};
  });
  if (removed && open) {
    open->end_watch();
    open->changed();
  }
  co_return removed;
}

Task<StoreResult<void>> Account::rename(FolderName from, FolderName to) {
  if (from.is_inbox()) co_return co_await rename_inbox(to);
  const std::vector<FolderPtr> family = open_family(from);
  std::vector<std::shared_ptr<FolderCore>> cores;
  for (const FolderPtr& folder : family) cores.push_back(folder->core_);
  auto renamed = co_await work([from, to, cores](AccountCore& core, WallTime now) -> StoreResult<void> {
    AccountState& state = core.state;
    // Their counters go along in the journal; whoever opens the new name begins with them.
    for (const auto& opened : cores) opened->state.close(now);
    auto done = rename_folders(state.disk(), state.root(), from, to);
    if (!done) return fail(store_error(done.error()));
    for (const auto& opened : cores) opened->deleted = true;
    state.quota(now).recalculate(now);
    return {};
  });
  if (!renamed) co_return renamed;
  for (const FolderPtr& folder : family) {
    folder->end_watch();
    folder->changed();
  }
  co_return renamed;
}

Task<StoreResult<void>> Account::rename_inbox(FolderName to) {
  if (to.is_inbox()) co_return fail(invalid(to));
  if (auto created = co_await create(to); !created) co_return created;
  auto inbox = co_await open(FolderName());
  if (!inbox) co_return fail(inbox.error());
  auto target = co_await open(to);
  if (!target) co_return fail(target.error());
  std::vector<Uid> uids;
  const SnapshotPtr all = (*inbox)->current();
  for (std::uint32_t i = 0; i < all->size(); ++i) uids.push_back(all->at(i).uid);
  auto moved = co_await (*inbox)->move(std::move(uids), *target);
  if (!moved) co_return fail(moved.error());
  co_return StoreResult<void>();
}

// --- what belongs to the account as a whole ---

Task<StoreResult<std::vector<FolderName>>> Account::subscriptions() {
  return work([](AccountCore& core, WallTime) { return as_store(read_subscriptions(core.state.disk(), core.state.root())); });
}

Task<StoreResult<void>> Account::subscribe(FolderName name, bool subscribed) {
  return work([name, subscribed](AccountCore& core, WallTime) {
    AccountState& state = core.state;
    if (auto made = make_maildir(state.disk(), state.root()); !made) return as_store(made);
    return as_store(change_subscription(state.disk(), state.root(), name, subscribed));
  });
}

Task<StoreResult<QuotaUse>> Account::quota() {
  return work([](AccountCore& core, WallTime now) -> StoreResult<QuotaUse> {
    const auto use = core.state.quota(now).use(now);
    if (!use) return QuotaUse{};
    return QuotaUse{.limited = true,
                    .bytes = static_cast<std::uint64_t>(use->totals.bytes),
                    .messages = static_cast<std::uint64_t>(use->totals.messages),
                    .bytes_limit = use->limits.bytes,
                    .messages_limit = use->limits.messages};
  });
}

}  // namespace courier::store
