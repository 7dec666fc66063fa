#include "daemons/mailbox/pop3/maildrop.h"

#include "store/folder/account.h"
#include "wire/message/wire_offsets.h"

namespace courier::mailbox {

namespace {

constexpr std::uint64_t piece_size = 64 * 1024;
constexpr std::size_t batch = 500;  // messages measured at once

}  // namespace

Maildrop::Maildrop(store::FolderPtr folder, store::SnapshotPtr snapshot)
    : folder_(std::move(folder)), snapshot_(std::move(snapshot)), deleted_(snapshot_->size(), false) {}

std::vector<store::Uid> Maildrop::deleted() const {
  std::vector<store::Uid> out;
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (deleted_[i]) out.push_back(snapshot_->at(i).uid);
  }
  return out;
}

Task<store::StoreResult<void>> Maildrop::learn_sizes() {
  if (octets_.size() == size()) co_return store::StoreResult<void>{};
  octets_.assign(size(), 0);
  for (std::uint32_t first = 0; first < size(); first += batch) {
    std::vector<store::Uid> uids;
    for (std::uint32_t i = first; i < size() && i < first + batch; ++i) uids.push_back(snapshot_->at(i).uid);
    const auto known = co_await folder_->computed(uids);
    std::size_t next = 0;
    std::vector<std::uint32_t> unknown;
    for (std::uint32_t i = 0; i < uids.size(); ++i) {
      if (next < known.size() && known[next].uid == uids[i]) {
        octets_[first + i] = known[next++].wire_size;
      } else {
        unknown.push_back(first + i);
      }
    }
    if (auto measured = co_await measure(std::move(unknown)); !measured) {
      octets_.clear();
      co_return fail(measured.error());
    }
  }
  co_return store::StoreResult<void>{};
}

// Reads the messages at these positions. Those that are gone keep the size that their name told.
Task<store::StoreResult<void>> Maildrop::measure(std::vector<std::uint32_t> positions) {
  std::vector<store::Computed> learned;
  std::size_t done = 0;
  while (done < positions.size()) {
    std::vector<store::Uid> uids;
    for (std::size_t i = done; i < positions.size(); ++i) uids.push_back(snapshot_->at(positions[i]).uid);
    auto loaded = co_await folder_->load(std::move(uids));
    if (!loaded) co_return fail(loaded.error());
    if (loaded->empty()) break;
    for (const store::LoadedMessage& message : *loaded) {
      while (snapshot_->at(positions[done]).uid != message.uid) {
        octets_[positions[done]] = snapshot_->at(positions[done]).stored_size;
        ++done;
      }
      const auto octets = co_await wire_octets(folder_->account(), message);
      if (!octets) co_return fail(octets.error());
      octets_[positions[done++]] = *octets;
      learned.push_back(
          {.uid = message.uid, .internal_date = message.internal_date, .stored_size = message.size, .wire_size = *octets, .structure = {}});
    }
  }
  for (; done < positions.size(); ++done) octets_[positions[done]] = snapshot_->at(positions[done]).stored_size;
  if (!learned.empty()) folder_->remember(std::move(learned));
  co_return store::StoreResult<void>{};
}

Task<store::StoreResult<void>> Maildrop::learn_unique_ids() {
  if (unique_ids_.size() == size()) co_return store::StoreResult<void>{};
  auto ids = co_await folder_->pop3_unique_ids(snapshot_);
  if (!ids) co_return fail(ids.error());
  unique_ids_ = std::move(*ids);
  unique_ids_.resize(size());
  co_return store::StoreResult<void>{};
}

Task<store::StoreResult<std::uint64_t>> wire_octets(store::Account& account, const store::LoadedMessage& message) {
  std::uint64_t octets = 0, offset = 0;
  char last = '\n';
  for (;;) {
    const auto piece = co_await read_piece(account, message, offset);
    if (!piece) co_return fail(piece.error());
    if (piece->empty()) break;
    octets += piece->size() + message::count_lone_lf(*piece, last);
    offset += piece->size();
    last = piece->back();
  }
  co_return last == '\n' ? octets : octets + 2;
}

Task<store::StoreResult<std::string>> read_piece(store::Account& account, const store::LoadedMessage& message, std::uint64_t offset) {
  if (message.has_bytes) co_return offset >= message.bytes.size() ? std::string() : message.bytes.substr(offset);
  auto read = co_await account.pool().run([file = message.file, offset]() -> DiskResult<std::string> {
    std::string bytes(piece_size, '\0');
    const auto got = file->read_at(offset, bytes);
    if (!got) return fail(got.error());
    bytes.resize(*got);
    return bytes;
  });
  if (!read) co_return fail(store::StoreError{store::StoreFault::Broken, to_string(read.error())});
  co_return std::move(*read);
}

}  // namespace courier::mailbox
