#include "store/folder/folder.h"

#include <algorithm>

#include "base/check.h"
#include "runtime/file_watch.h"
#include "store/folder/account.h"
#include "store/folder/computed_cache.h"
#include "store/folder/folder_core.h"
#include "store/folder/folder_reader.h"
#include "store/folder/folder_work.h"
#include "store/folder/store.h"

namespace courier::store {

namespace {

constexpr Duration kRecheck = milliseconds(2'500);  // until a modification time counts as settled
constexpr Duration kPause = milliseconds(200);      // between two looks in the background

StoreError gone(const FolderCore& core) { return {.fault = StoreFault::NotFound, .text = "folder was removed: " + core.state.path()}; }

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

// Runs body(core, now) on the strand, then publishes what it changed. The body's result is a StoreResult.
template <class Body>
auto Folder::work(Body body) -> Task<decltype(body(std::declval<FolderCore&>(), WallTime()))> {
  using Result = decltype(body(std::declval<FolderCore&>(), WallTime()));
  const FolderPtr self = shared_from_this();
  co_return co_await account_->strand_.run([core = core_, now = account_->loop().wall_now(), body = std::move(body)]() mutable -> Result {
    if (core->deleted) return fail(gone(*core));
    Result result = body(*core, now);
    core->publish();
    return result;
  });
}

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

// --- messages ---

Task<StoreResult<std::vector<LoadedMessage>>> Folder::load(std::vector<Uid> uids, ReadLimits limits) {
  CHECK(uids.size() <= 1000);
  return work([uids = std::move(uids), limits](FolderCore& core, WallTime now) -> StoreResult<std::vector<LoadedMessage>> {
    FolderReader reader(core.state, nullptr, now);
    std::vector<LoadedMessage> messages;
    std::uint64_t together = 0;
    for (const Uid uid : uids) {
      LoadedMessage message;
      const auto loaded = reader.load(uid, limits, message);
      if (!loaded) return fail(loaded.error());
      if (!*loaded) continue;
      together += message.bytes.size();
      messages.push_back(std::move(message));
      if (together >= limits.together) break;
    }
    return messages;
  });
}

Pending<StoreResult<void>> Folder::read(ReadJob job) {
  return account_->strand_.start(
      [core = core_, cache = account_->store_.cache(), now = account_->loop().wall_now(), job = std::move(job)]() -> StoreResult<void> {
        if (core->deleted) return fail(gone(*core));
        FolderReader reader(core->state, cache, now);
        auto done = job(reader);
        core->publish();  // it may have looked for messages that were renamed
        return done;
      });
}

Task<std::vector<Computed>> Folder::computed(std::vector<Uid> uids) {
  ComputedCache* cache = account_->store_.cache();
  auto found = co_await work([uids = std::move(uids), cache](FolderCore& core, WallTime now) -> StoreResult<std::vector<Computed>> {
    std::vector<Computed> result;
    FolderReader(core.state, cache, now).computed(uids, [&](std::size_t, Computed& computed) { result.push_back(std::move(computed)); });
    return result;
  });
  if (!found) co_return std::vector<Computed>();
  co_return std::move(*found);
}

void Folder::remember(std::vector<Computed> messages) {
  ComputedCache* cache = account_->store_.cache();
  if (!cache || messages.empty()) return;
  account_->strand_.submit(Callback([core = core_, cache, messages = std::move(messages)]() mutable {
    std::vector<ComputedCache::Entry> entries;
    for (Computed& message : messages) {
      const Entry* entry = core->state.find(message.uid);
      if (entry) entries.push_back({.base_name = entry->base, .computed = std::move(message)});
    }
    cache->keep(core->account->state.root(), entries);
  }));
}

Task<StoreResult<Appended>> Folder::append(std::vector<NewMessage> messages) {
  std::vector<Prepared> prepared;
  for (NewMessage& message : messages) {
    prepared.push_back({.content = message.body->content_,
                        .flags = message.flags,
                        .keywords = std::move(message.keywords),
                        .internal_date = message.internal_date.value_or(account_->loop().wall_now())});
  }
  co_return co_await work([prepared = std::move(prepared)](FolderCore& core, WallTime now) mutable {
    return append_messages(core.state, std::move(prepared), now);
  });
}

Task<StoreResult<Stored>> Folder::store(std::vector<Uid> uids, FlagChange change, std::optional<ModSeq> unchanged_since, bool durable) {
  return work([uids = std::move(uids), change = std::move(change), unchanged_since, durable](FolderCore& core, WallTime now) mutable {
    return store_flags(core.state, std::move(uids), change, unchanged_since, durable ? Sync::Yes : Sync::No, now);
  });
}

namespace {

// Removes messages and what the cache knows of them.
StoreResult<std::vector<Uid>> remove_and_forget(FolderCore& core, ComputedCache* cache, std::vector<Uid> uids, bool marked_only,
                                                WallTime now) {
  std::vector<std::string> names;
  for (const Uid uid : uids) {
    const Entry* entry = core.state.find(uid);
    if (entry && (!marked_only || entry->message.flags.has(Flag::Deleted))) names.push_back(entry->base);
  }
  auto removed = remove_messages(core.state, std::move(uids), marked_only, now);
  if (removed && cache) cache->forget(core.account->state.root(), names);
  return removed;
}

}  // namespace

Task<StoreResult<std::vector<Uid>>> Folder::expunge(std::optional<std::vector<Uid>> uids) {
  return work([uids = std::move(uids), cache = account_->store_.cache()](FolderCore& core, WallTime now) mutable {
    return remove_and_forget(core, cache, uids ? std::move(*uids) : core.state.all(), true, now);
  });
}

Task<StoreResult<std::vector<Uid>>> Folder::remove(std::vector<Uid> uids) {
  return work([uids = std::move(uids), cache = account_->store_.cache()](FolderCore& core, WallTime now) mutable {
    return remove_and_forget(core, cache, std::move(uids), false, now);
  });
}

namespace {

using CopyFunction = StoreResult<Copied> (*)(FolderState&, FolderState&, std::vector<Uid>, WallTime);

StoreResult<Copied> copy_between(FolderCore& from, FolderCore& to, CopyFunction function, std::vector<Uid> uids, WallTime now) {
  if (to.deleted) return fail(gone(to));
  auto copied = function(from.state, to.state, std::move(uids), now);
  to.publish();
  return copied;
}

}  // namespace

Task<StoreResult<Copied>> Folder::copy(std::vector<Uid> uids, FolderPtr to) {
  CHECK(to->account_ == account_);
  return work([uids = std::move(uids), target = to->core_](FolderCore& core, WallTime now) mutable {
    return copy_between(core, *target, copy_messages, std::move(uids), now);
  });
}

Task<StoreResult<Copied>> Folder::move(std::vector<Uid> uids, FolderPtr to) {
  CHECK(to->account_ == account_);
  return work([uids = std::move(uids), target = to->core_](FolderCore& core, WallTime now) mutable {
    return copy_between(core, *target, move_messages, std::move(uids), now);
  });
}

Task<StoreResult<std::optional<std::vector<Uid>>>> Folder::expunged_since(ModSeq modseq) {
  return work(
      [modseq](FolderCore& core, WallTime) -> StoreResult<std::optional<std::vector<Uid>>> { return core.state.expunged_since(modseq); });
}

Task<StoreResult<std::vector<std::string>>> Folder::pop3_unique_ids(SnapshotPtr snapshot) {
  return work([snapshot = std::move(snapshot)](FolderCore& core, WallTime) -> StoreResult<std::vector<std::string>> {
    std::vector<std::string> ids;
    for (std::uint32_t i = 0; i < snapshot->size(); ++i) {
      const Uid uid = snapshot->at(i).uid;
      std::string id = core.state.unique_id(uid);
      // Another form than Courier's "UID<n>-<validity>", so that it is never one of those.
      if (id.empty()) id = "U" + std::to_string(uid.value) + "V" + std::to_string(snapshot->uid_validity().value);
      ids.push_back(std::move(id));
    }
    return ids;
  });
}

// --- uploads ---

std::unique_ptr<Upload> Folder::upload() { return std::make_unique<Upload>(account_, name_); }

Upload::Upload(std::shared_ptr<Account> account, FolderName folder)
    : account_(std::move(account)),
      folder_(std::move(folder)),
      content_(std::make_shared<UploadContent>(
          account_->store_.disk(), folder_path(account_->spec().maildir, folder_) + "/tmp/" + account_->store_.unique_name())) {}

Upload::~Upload() {
  account_->strand_.submit(Callback([content = content_] { content->discard(); }));
}

Task<StoreResult<void>> Upload::write(std::string bytes) {
  const auto content = content_;
  auto written = co_await account_->strand_.run([content, bytes = std::move(bytes)] { return content->write(bytes); });
  if (!written) co_return fail(store_error(written.error()));
  co_return StoreResult<void>();
}

std::uint64_t Upload::size() const { return content_->size(); }

}  // namespace courier::store
