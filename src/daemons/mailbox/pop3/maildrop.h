// Maildrop: the inbox as this session sees it, fixed when the session began. Message numbers run from 1; deleted ones keep
// theirs (RFC 1939, section 5) and go only at QUIT.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/folder/folder.h"

namespace courier::mailbox {

class Maildrop {
 public:
  Maildrop(store::FolderPtr folder, store::SnapshotPtr snapshot);

  [[nodiscard]] std::uint32_t size() const { return snapshot_->size(); }
  [[nodiscard]] store::Folder& folder() { return *folder_; }
  // There is such a message and it is not marked deleted.
  [[nodiscard]] bool has(std::uint32_t number) const { return number >= 1 && number <= size() && !deleted_[number - 1]; }
  [[nodiscard]] const store::Message& at(std::uint32_t number) const { return snapshot_->at(number - 1); }

  void mark_deleted(std::uint32_t number) { deleted_[number - 1] = true; }
  void unmark_all() { deleted_.assign(size(), false); }
  [[nodiscard]] std::vector<store::Uid> deleted() const;

  // Sizes as sent, CRLF counted; read when first asked for, and remembered for every later session.
  [[nodiscard]] Task<store::StoreResult<void>> learn_sizes();
  [[nodiscard]] std::uint64_t octets(std::uint32_t number) const { return octets_[number - 1]; }
  // The same for UIDL's texts.
  [[nodiscard]] Task<store::StoreResult<void>> learn_unique_ids();
  [[nodiscard]] const std::string& unique_id(std::uint32_t number) const { return unique_ids_[number - 1]; }

 private:
  [[nodiscard]] Task<store::StoreResult<void>> measure(std::vector<std::uint32_t> positions);

  store::FolderPtr folder_;
  store::SnapshotPtr snapshot_;
  std::vector<bool> deleted_;
  std::vector<std::uint64_t> octets_;
  std::vector<std::string> unique_ids_;
};

// Octets of a loaded message on the wire; a last line without LF gets one.
[[nodiscard]] Task<store::StoreResult<std::uint64_t>> wire_octets(store::Account& account, const store::LoadedMessage& message);

// The next piece of a message's stored bytes from `offset`; empty at the end.
[[nodiscard]] Task<store::StoreResult<std::string>> read_piece(store::Account& account, const store::LoadedMessage& message,
                                                               std::uint64_t offset);

}  // namespace courier::mailbox
