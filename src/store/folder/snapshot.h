// Snapshot: what a folder holds at one moment. Immutable and shared: all sessions of a folder that have seen the same
// state hold the same object, and two neighbouring states share the pieces that did not change. Safe to read from any thread.
//
// Messages stand in ascending order of UID.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "store/folder/types.h"

namespace courier::store {

using Keywords = std::vector<std::string>;

class Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

class Snapshot {
 public:
  [[nodiscard]] std::uint32_t size() const { return size_; }
  // 0-based position, below size().
  [[nodiscard]] const Message& at(std::uint32_t position) const;
  // Position of the first message with a UID not below this one; size() when there is none.
  [[nodiscard]] std::uint32_t lower_bound(Uid uid) const;
  // Null when there is none.
  [[nodiscard]] const Message* find(Uid uid) const;
  // The keywords of a message of this snapshot or of one that came before it.
  [[nodiscard]] const Keywords& keywords(const Message& message) const { return *keyword_sets_[message.keyword_set]; }
  // Every keyword that was ever used in this folder, for the FLAGS line, in the order they came.
  [[nodiscard]] const Keywords& known_keywords() const { return *known_keywords_; }

  [[nodiscard]] UidValidity uid_validity() const { return uid_validity_; }
  [[nodiscard]] Uid uid_next() const { return uid_next_; }
  [[nodiscard]] ModSeq highest_modseq() const { return highest_modseq_; }
  // Unseen, recent and so on, counted.
  [[nodiscard]] FolderStatus status() const;

 private:
  friend class SnapshotBuilder;
  static constexpr std::uint32_t chunk_size = 128;  // most messages of one chunk
  using Chunk = std::vector<Message>;
  struct Piece {
    std::shared_ptr<const Chunk> chunk;
    std::uint32_t first = 0;  // position of its first message
  };

  std::vector<Piece> pieces_;
  std::vector<std::shared_ptr<const Keywords>> keyword_sets_;  // [0] is empty
  std::shared_ptr<const Keywords> known_keywords_;
  std::uint32_t size_ = 0;
  UidValidity uid_validity_;
  Uid uid_next_;
  ModSeq highest_modseq_;
  std::string id_;
};

// Makes snapshots: `next` is compared with `before` (may be null), and chunks that are equal are shared.
class SnapshotBuilder {
 public:
  struct Facts {
    std::vector<std::shared_ptr<const Keywords>> keyword_sets;
    std::shared_ptr<const Keywords> known_keywords;
    UidValidity uid_validity;
    Uid uid_next;
    ModSeq highest_modseq;
    std::string id;
  };
  // `messages` ascend by UID.
  [[nodiscard]] static SnapshotPtr build(const std::vector<Message>& messages, Facts facts, const Snapshot* before);
  // `newer`, but with exactly these messages; for a View that may not lose messages yet.
  [[nodiscard]] static SnapshotPtr with_messages(const std::vector<Message>& messages, const Snapshot& newer);
};

}  // namespace courier::store
