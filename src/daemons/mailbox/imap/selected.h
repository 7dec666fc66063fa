// Selected: the folder a session has open, and what its client has been told of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/folder/folder.h"
#include "store/folder/view.h"
#include "wire/imap/sequence_set.h"

namespace courier::mailbox {

// Flags between the store's bits and those of wire/imap/flags.h.
[[nodiscard]] std::uint8_t wire_flags(store::Flags flags);
[[nodiscard]] store::Flags store_flags(std::uint8_t wire);

class Selected {
 public:
  // `recent` ascends.
  Selected(store::FolderPtr folder, store::SnapshotPtr snapshot, store::Access access, std::vector<store::Uid> recent)
      : folder(std::move(folder)), view(std::move(snapshot)), access(access), recent_(std::move(recent)) {}

  store::FolderPtr folder;
  store::View view;
  store::Access access;

  [[nodiscard]] bool read_only() const { return access == store::Access::Examine; }
  [[nodiscard]] bool is_recent(const store::Message& message) const;
  [[nodiscard]] std::uint32_t recent_count() const;
  void add_recent(const std::vector<store::Uid>& uids);
  void forget_recent(const std::vector<store::Uid>& uids);

  // The sequence numbers that a set names, as ascending ranges within the view. UIDs that do not exist are left out; a sequence
  // number that does not exist is an error: false.
  [[nodiscard]] bool numbers(const imap::SequenceSet& set, bool uid, std::vector<imap::SequenceSet::Range>& ranges) const;
  [[nodiscard]] std::vector<store::Uid> uids(const std::vector<imap::SequenceSet::Range>& ranges) const;

  // FLAGS (\Seen $Junk \Recent)
  void write_flags(std::string& out, const store::Message& message) const;
  // * FLAGS (...) and * OK [PERMANENTFLAGS (...)]
  void write_flag_lines(std::string& out, bool keywords) const;

 private:
  std::vector<store::Uid> recent_;  // what this session was the first to see; ascending
};

}  // namespace courier::mailbox
