// What sessions ask of a folder's messages: jobs on the strand, and what goes there with them.
#include "base/check.h"
#include "store/folder/computed_cache.h"
#include "store/folder/folder.h"
#include "store/folder/folder_reader.h"
#include "store/folder/folder_strand.h"
#include "store/folder/folder_work.h"
#include "store/folder/store.h"

namespace courier::store {

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
  const auto with_reader = [cache = account_->store_.cache(), job = std::move(job)](FolderCore& core, WallTime now) {
    FolderReader reader(core.state, cache, now);
    return job(reader);
  };
  return account_->strand_.start(folder_job(core_, account_->loop().wall_now(), with_reader));
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
  if (to.deleted) return fail(folder_removed(to));
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
