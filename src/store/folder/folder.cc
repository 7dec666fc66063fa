#include "store/folder/folder.h"

#include <algorithm>

#include "base/check.h"
#include "runtime/file_watch.h"
#include "store/folder/account.h"
#include "store/folder/folder_strand.h"
#include "store/folder/store.h"

namespace courier::store {

namespace {

constexpr Duration kRecheck = milliseconds(2'500);  // until a modification time counts as settled
constexpr Duration kPause = milliseconds(200);      // between two looks in the background

Task<> close_folder(AccountPtr account, Strand& strand, std::shared_ptr<FolderCore> core, WallTime now) {
  co_await strand.run([core, now] {
    if (!core->deleted) core->state.close(now);
  });
  account.reset();  // the strand, too, has ended its work
}

}  // namespace

// --- listeners ---

FolderListener::~FolderListener() {
  if (folder_) folder_->unlisten(*this);
}

void Folder::listen(FolderListener& listener) {
  if (listener.folder_) listener.folder_->unlisten(listener);
  listener.folder_ = this;
  listeners_.push_back(&listener);
  if (dirty_ && watch_cur_) nudge();
}

void Folder::unlisten(FolderListener& listener) {
  std::erase(listeners_, &listener);
  listener.folder_ = nullptr;
}

void Folder::changed() {
  // Who is told may unlisten anybody.
  const std::vector<FolderListener*> told = listeners_;
  for (FolderListener* listener : told) {
    if (std::ranges::find(listeners_, listener) != listeners_.end()) listener->folder_changed();
  }
}

void FolderCore::publish() {
  if (!state.loaded()) return;
  SnapshotPtr now = state.snapshot();
  {
    const std::lock_guard lock(mutex);
    if (snapshot == now) return;
    snapshot = std::move(now);
  }
  loop.post_from_any_thread(Callback([weak = folder] {
    if (const auto self = weak.lock()) self->changed();
  }));
}

// --- life ---

Folder::Folder(std::shared_ptr<Account> account, FolderName name, std::shared_ptr<FolderCore> core)
    : account_(std::move(account)), name_(std::move(name)), core_(std::move(core)) {}

Folder::~Folder() {
  CHECK(listeners_.empty());
  account_->loop().cancel_timer(timer_);
  end_watch();
  Store& store = account_->store_;
  Strand& strand = account_->strand_;
  const WallTime now = account_->loop().wall_now();
  store.background_.spawn(close_folder(std::move(account_), strand, std::move(core_), now));
}

void Folder::end_watch() {
  watch_new_.reset();
  watch_cur_.reset();
}

SnapshotPtr Folder::current() const { return core_->latest(); }
bool Folder::deleted() const { return core_->deleted; }

Task<StoreResult<void>> Folder::start() {
  auto loaded = co_await work([](FolderCore& core, WallTime now) -> StoreResult<void> {
    FolderState& state = core.state;
    if (state.loaded()) return {};
    if (state.name().is_inbox()) {
      if (auto made = make_maildir(state.account().disk(), state.path()); !made) return fail(store_error(made.error()));
    }
    if (auto read = state.load(now); !read) return read;
    return state.commit(Sync::No);  // a new journal is written at once, and durably
  });
  if (!loaded) co_return loaded;
  if (FileWatcher* watcher = account_->store_.watcher(); watcher && !watch_cur_) {
    const std::string path = folder_path(account_->spec().maildir, name_);
    // The watches end with the folder.
    watch_new_ = watcher->watch(path + "/new", [this] { nudge(); });
    watch_cur_ = watcher->watch(path + "/cur", [this] { nudge(); });
    if (!watch_new_ || !watch_cur_) end_watch();
  }
  co_return loaded;
}

// --- noticing ---

Task<StoreResult<Folder::Refreshed>> Folder::refresh(Access access) {
  const SnapshotPtr known = current();
  const bool watched = watch_cur_ != nullptr;
  if (watched && !dirty_ && !deleted() && (access == Access::Examine || known->status().recent == 0)) {
    co_return Refreshed{.snapshot = known, .recent = {}};
  }
  dirty_ = false;  // what changes from now on makes it true again
  struct Seen {
    Refreshed refreshed;
    bool recheck = false;
  };
  auto seen = co_await work([access](FolderCore& core, WallTime now) -> StoreResult<Seen> {
    Seen result;
    auto scanned = core.state.scan(now);
    if (!scanned) return fail(scanned.error());
    result.recheck = scanned->recheck;
    if (access == Access::Select) result.refreshed.recent = core.state.take_new();
    if (auto committed = core.state.commit(Sync::No); !committed) return fail(committed.error());
    result.refreshed.snapshot = core.state.snapshot();
    return result;
  });
  if (!seen) {
    dirty_ = true;
    co_return fail(seen.error());
  }
  recheck_ = seen->recheck;
  if (recheck_) dirty_ = true;
  if (recheck_ && !listeners_.empty()) refresh_later(kRecheck);
  co_return std::move(seen->refreshed);
}

void Folder::nudge() {
  dirty_ = true;
  if (listeners_.empty() || refreshing_ || timer_.number != 0 || deleted()) return;
  refreshing_ = true;
  account_->store_.background_.spawn(refresh_in_background(shared_from_this()));
}

Task<> Folder::refresh_in_background(FolderPtr self) {
  const auto seen = co_await self->refresh(Access::Examine);
  self->refreshing_ = false;
  // Under constant change: again, but not at once.
  if (seen && self->dirty_ && !self->recheck_) self->refresh_later(kPause);
}

void Folder::refresh_later(Duration after) {
  if (timer_.number != 0) return;
  timer_ = account_->loop().add_timer(account_->loop().now() + after, Callback([this] {
                                        timer_ = {};
                                        nudge();
                                      }));
}

}  // namespace courier::store
