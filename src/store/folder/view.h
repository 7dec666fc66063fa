// View: a folder as one session knows it: which message has which sequence number, and which flags the client was told.
// It changes only in advance(), whose result is exactly what the client must be told.
//
// Rules it keeps: sequence numbers change only when expunges are allowed (RFC 3501, section 7.4.1: not during FETCH, STORE,
// SEARCH); new messages are appended with ascending UIDs. A message that went missing and came back after this session was
// told EXPUNGE stays hidden from it until the folder is selected again.
#pragma once

#include <cstdint>
#include <vector>

#include "store/folder/snapshot.h"

namespace courier::store {

enum class Expunges : bool { Keep, Tell };

// Tell the client in this order: EXPUNGE, EXISTS (and RECENT), FLAGS, FETCH.
struct ViewChanges {
  std::vector<std::uint32_t> expunged;   // sequence numbers in the order to be told, each counted after the ones before it went
  std::vector<Uid> expunged_uids;        // the same messages, ascending (VANISHED)
  bool exists_changed = false;           // View::size() differs from what an expunge alone would explain: messages came
  bool keywords_changed = false;         // known_keywords() grew: a new FLAGS and PERMANENTFLAGS line
  std::vector<std::uint32_t> changed;    // sequence numbers, ascending, whose flags, keywords or MODSEQ are other than told
  [[nodiscard]] bool empty() const { return expunged.empty() && !exists_changed && !keywords_changed && changed.empty(); }
};

class View {
 public:
  // `first` is what SELECT tells.
  explicit View(SnapshotPtr first);

  // Number of messages. Sequence numbers run from 1 to size().
  [[nodiscard]] std::uint32_t size() const { return now_->size(); }
  [[nodiscard]] const Message& at(std::uint32_t sequence) const { return now_->at(sequence - 1); }
  // 0 when the view has no message of that UID.
  [[nodiscard]] std::uint32_t sequence(Uid uid) const;
  // Sequence number of the first message whose UID is at least this; size() + 1 when there is none.
  [[nodiscard]] std::uint32_t lower_bound(Uid uid) const { return now_->lower_bound(uid) + 1; }
  [[nodiscard]] const Keywords& keywords(const Message& message) const { return now_->keywords(message); }
  [[nodiscard]] const Snapshot& snapshot() const { return *now_; }

  // Makes the view what `newer` (Folder::current() or a later one) says. With Expunges::Keep, messages that are gone stay
  // in the view, so that numbers stand still; a later advance with Tell reports them.
  // After one's own STORE .SILENT: leave out the numbers whose message has the modseq that Folder::store returned.
  [[nodiscard]] ViewChanges advance(SnapshotPtr newer, Expunges expunges);

  // True when advance(newer, Tell) would report nothing, cheaply.
  [[nodiscard]] bool is_current(const SnapshotPtr& newer) const { return seen_ == newer && !behind_; }

 private:
  SnapshotPtr now_;   // what the client knows
  SnapshotPtr seen_;  // the folder's snapshot it was made from
  Uid told_up_to_;    // highest UID ever shown
  bool behind_ = false;  // messages are gone and not yet told
};

}  // namespace courier::store
