#include "store/folder/view.h"

namespace courier::store {

namespace {

Uid highest(const Snapshot& snapshot) { return snapshot.size() == 0 ? Uid() : snapshot.at(snapshot.size() - 1).uid; }

// What the client is told of a message differs: its flags, keywords or modseq (`fresh` is RECENT's business).
bool differs(const Message& a, const Message& b) { return a.flags != b.flags || a.keyword_set != b.keyword_set || a.modseq != b.modseq; }

}  // namespace

View::View(SnapshotPtr first) : now_(first), seen_(first), told_up_to_(highest(*first)) {}

std::uint32_t View::sequence(Uid uid) const {
  const std::uint32_t position = now_->lower_bound(uid);
  return position < now_->size() && now_->at(position).uid == uid ? position + 1 : 0;
}

ViewChanges View::advance(SnapshotPtr newer, Expunges expunges) {
  ViewChanges changes;
  if (is_current(newer)) return changes;
  changes.keywords_changed = newer->known_keywords().size() != now_->known_keywords().size();

  // Merges the two ascending lists into what the view shall hold.
  std::vector<Message> held;
  held.reserve(newer->size());
  bool kept_gone = false;     // a message that is gone stands in the view
  bool hid_returned = false;  // a message of the folder does not
  std::uint32_t at = 0;
  std::uint32_t told = 0;  // expunges so far
  for (std::uint32_t i = 0; i < now_->size(); ++i) {
    const Message& old = now_->at(i);
    while (at < newer->size() && newer->at(at).uid < old.uid) ++at, hid_returned = true;
    if (at < newer->size() && newer->at(at).uid == old.uid) {
      const Message& now = newer->at(at++);
      if (differs(old, now)) changes.changed.push_back(static_cast<std::uint32_t>(held.size()) + 1);
      held.push_back(now);
    } else if (expunges == Expunges::Keep) {
      kept_gone = true;
      held.push_back(old);
    } else {
      changes.expunged.push_back(i + 1 - told++);
      changes.expunged_uids.push_back(old.uid);
    }
  }
  for (; at < newer->size(); ++at) {
    const Message& added = newer->at(at);
    if (added.uid <= told_up_to_) {
      hid_returned = true;  // it came back after the client was told that it went
      continue;
    }
    changes.exists_changed = true;
    held.push_back(added);
    told_up_to_ = added.uid;
  }
  now_ = kept_gone || hid_returned ? SnapshotBuilder::with_messages(held, *newer) : newer;
  seen_ = std::move(newer);
  behind_ = kept_gone;
  return changes;
}

}  // namespace courier::store
