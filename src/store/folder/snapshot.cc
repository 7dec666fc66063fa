#include "store/folder/snapshot.h"

#include <algorithm>

#include "base/check.h"

namespace courier::store {

const Message& Snapshot::at(std::uint32_t position) const {
  CHECK(position < size_);
  const auto after = std::ranges::upper_bound(pieces_, position, {}, &Piece::first);
  const Piece& piece = *(after - 1);
  return (*piece.chunk)[position - piece.first];
}

std::uint32_t Snapshot::lower_bound(Uid uid) const {
  const auto piece = std::ranges::lower_bound(pieces_, uid, {}, [](const Piece& p) { return p.chunk->back().uid; });
  if (piece == pieces_.end()) return size_;
  const auto message = std::ranges::lower_bound(*piece->chunk, uid, {}, &Message::uid);
  return piece->first + static_cast<std::uint32_t>(message - piece->chunk->begin());
}

const Message* Snapshot::find(Uid uid) const {
  const std::uint32_t position = lower_bound(uid);
  if (position == size_) return nullptr;
  const Message& message = at(position);
  return message.uid == uid ? &message : nullptr;
}

FolderStatus Snapshot::status() const {
  FolderStatus status;
  status.messages = size_;
  for (const Piece& piece : pieces_) {
    for (const Message& message : *piece.chunk) {
      status.unseen += !message.flags.has(Flag::Seen);
      status.deleted += message.flags.has(Flag::Deleted);
      status.recent += message.fresh;
      status.stored_size += message.stored_size;
    }
  }
  status.uid_next = uid_next_;
  status.uid_validity = uid_validity_;
  status.highest_modseq = highest_modseq_;
  status.id = id_;
  return status;
}

SnapshotPtr SnapshotBuilder::build(const std::vector<Message>& messages, Facts facts, const Snapshot* before) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->keyword_sets_ = std::move(facts.keyword_sets);
  snapshot->known_keywords_ = std::move(facts.known_keywords);
  snapshot->uid_validity_ = facts.uid_validity;
  snapshot->uid_next_ = facts.uid_next;
  snapshot->highest_modseq_ = facts.highest_modseq;
  snapshot->id_ = std::move(facts.id);
  snapshot->size_ = static_cast<std::uint32_t>(messages.size());

  // A chunk of `before` that stands here unchanged is taken as it is, wherever it stood: an expunge moves the chunks after it without
  // cutting them anew.
  std::size_t old = 0;
  for (std::size_t at = 0; at < messages.size();) {
    const Uid first = messages[at].uid;
    if (before) {
      while (old < before->pieces_.size() && before->pieces_[old].chunk->front().uid < first) ++old;
      if (old < before->pieces_.size()) {
        const auto& chunk = before->pieces_[old].chunk;
        // A short last chunk is made anew when it can grow.
        const bool full = chunk->size() == Snapshot::chunk_size || at + chunk->size() == messages.size();
        if (full && chunk->size() <= messages.size() - at &&
            std::equal(chunk->begin(), chunk->end(), messages.begin() + static_cast<std::ptrdiff_t>(at))) {
          snapshot->pieces_.push_back({.chunk = chunk, .first = static_cast<std::uint32_t>(at)});
          at += chunk->size();
          continue;
        }
      }
    }
    // A new chunk reaches at most to where an old one begins, so that the old ones can be found again.
    std::size_t end = std::min<std::size_t>(messages.size(), at + Snapshot::chunk_size);
    if (before) {
      const auto next = std::ranges::upper_bound(before->pieces_, first, {}, [](const Snapshot::Piece& p) { return p.chunk->front().uid; });
      if (next != before->pieces_.end()) {
        const auto stop =
            std::lower_bound(messages.begin() + static_cast<std::ptrdiff_t>(at), messages.begin() + static_cast<std::ptrdiff_t>(end),
                             next->chunk->front().uid, [](const Message& m, Uid uid) { return m.uid < uid; });
        end = static_cast<std::size_t>(stop - messages.begin());
      }
    }
    snapshot->pieces_.push_back({.chunk = std::make_shared<Snapshot::Chunk>(messages.begin() + static_cast<std::ptrdiff_t>(at),
                                                                            messages.begin() + static_cast<std::ptrdiff_t>(end)),
                                 .first = static_cast<std::uint32_t>(at)});
    at = end;
  }
  snapshot->pieces_.shrink_to_fit();
  return snapshot;
}

SnapshotPtr SnapshotBuilder::with_messages(const std::vector<Message>& messages, const Snapshot& newer) {
  Facts facts{.keyword_sets = newer.keyword_sets_,
              .known_keywords = newer.known_keywords_,
              .uid_validity = newer.uid_validity_,
              .uid_next = newer.uid_next_,
              .highest_modseq = newer.highest_modseq_,
              .id = newer.id_};
  return build(messages, std::move(facts), &newer);
}

}  // namespace courier::store
