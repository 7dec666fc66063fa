#include "store/folder/folder_reader.h"

#include <algorithm>
#include <cerrno>

#include "store/folder/computed_cache.h"
#include "store/folder/folder_work_detail.h"

namespace courier::store {

namespace {

constexpr std::uint64_t unknown_size = 16 * 1024;  // room for a message whose name tells no size

}  // namespace

StoreResult<bool> FolderReader::load(Uid uid, const ReadLimits& limits, LoadedMessage& message) {
  const auto loaded = work::on_message(folder_, uid, now_, [&](const Entry& entry) { return load_one(entry, limits, message); });
  if (loaded) return true;
  if (loaded.error().os_error == ENOENT) return false;
  return fail(store_error(loaded.error()));
}

DiskResult<void> FolderReader::load_one(const Entry& entry, const ReadLimits& limits, LoadedMessage& message) {
  message.uid = entry.message.uid;
  message.bytes.clear();
  message.has_bytes = false;
  message.file.reset();
  if (limits.facts_only) {
    const auto facts = folder_.account().disk().facts(folder_.file(entry));
    if (!facts) return fail(facts.error());
    message.size = facts->size;
    message.internal_date = facts->modified;
    return {};
  }
  const auto small = read_small(entry, limits, message);
  if (!small) return fail(small.error());
  if (*small) return {};
  return open_file(entry, limits, message);
}

// With as few calls as can be: nearly all messages are small, and their names tell how small. False: it is larger.
DiskResult<bool> FolderReader::read_small(const Entry& entry, const ReadLimits& limits, LoadedMessage& message) {
  const std::uint64_t expected = entry.message.stored_size;
  const std::uint64_t most = std::min(limits.whole, expected == 0 ? unknown_size : expected);
  if (expected > most) return false;
  DirectoryPtr& directory = directories_[static_cast<std::size_t>(entry.place)];
  if (!directory) {
    auto opened = folder_.account().disk().open_directory(folder_.path() + "/" + to_string(entry.place));
    if (!opened) return fail(opened.error());
    directory = std::move(*opened);
  }
  name_.assign(entry.base).append(entry.info);
  FileFacts facts;
  DiskResult<std::size_t> got = std::size_t{0};
  // A byte more than it should have: what is longer shows.
  const std::size_t room = static_cast<std::size_t>(most) + 1;
  message.bytes.resize_and_overwrite(room, [&](char* bytes, std::size_t) {
    got = directory->read(name_, {bytes, room}, expected, limits.dates ? &facts : nullptr);
    return got.value_or(0);
  });
  if (!got) return fail(got.error());
  if (*got > most) return false;
  message.size = *got;
  message.internal_date = facts.modified;
  message.has_bytes = true;
  return true;
}

DiskResult<void> FolderReader::open_file(const Entry& entry, const ReadLimits& limits, LoadedMessage& message) {
  message.bytes.clear();
  auto file = folder_.account().disk().open(folder_.file(entry), OpenMode::Read);
  if (!file) return fail(file.error());
  const auto facts = (*file)->facts();
  if (!facts) return fail(facts.error());
  message.size = facts->size;
  message.internal_date = facts->modified;
  if (message.size > limits.whole) {
    message.file = std::move(*file);
    return {};
  }
  message.bytes.resize(message.size);
  const auto got = (*file)->read_at(0, message.bytes);
  if (!got) return fail(got.error());
  message.bytes.resize(*got);
  message.size = *got;
  message.has_bytes = true;
  return {};
}

void FolderReader::computed(std::span<const Uid> uids, const Found& found) {
  if (!cache_) return;
  names_.clear();
  indices_.clear();
  for (std::size_t i = 0; i < uids.size(); ++i) {
    const Entry* entry = folder_.find(uids[i]);
    if (!entry) continue;
    names_.push_back(entry->base);
    indices_.push_back(i);
  }
  cache_->find(folder_.account().root(), names_, [&](std::size_t at, Computed& computed) {
    computed.uid = uids[indices_[at]];
    found(indices_[at], computed);
  });
}

}  // namespace courier::store
