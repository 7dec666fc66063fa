// FolderState: what is known of one folder: its messages with UIDs, flags, keywords and modification sequences, and the journal behind
// them. Blocking; used on the account's strand only. What it does to files lies in folder_scan.cc (looking) and folder_work.h (changing).
//
// Changes are made in memory together with a line for the journal; commit() writes the lines. UIDs come from below a mark that is synced
// before the first of them leaves this object.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/folder/account_state.h"
#include "store/folder/journal.h"
#include "store/folder/snapshot.h"
#include "store/maildir/folder_name.h"

namespace courier::store {

[[nodiscard]] StoreError store_error(const DiskError& error);

// A message as the folder's owner knows it.
struct Entry {
  Message message;
  Place place = Place::Cur;
  std::string base;                // "1795.Q5R0.mx1,S=10"
  std::string info;                // ":2,S", or empty
  std::uint64_t scan = 0;          // the last scan that saw it
  std::int64_t absent_since = 0;   // seconds; not 0: gone from the disk, may come back
  [[nodiscard]] std::string name() const { return base + info; }
  [[nodiscard]] bool absent() const { return absent_since != 0; }
};

enum class Sync : bool { No, Yes };

class FolderState {
 public:
  FolderState(AccountState& account, FolderName name);

  // Reads the journal; makes one when there is none, adopting what Courier or Dovecot left. The folder must exist.
  [[nodiscard]] StoreResult<void> load(WallTime now);
  [[nodiscard]] bool loaded() const { return loaded_; }

  // --- looking (folder_scan.cc) ---
  struct Scanned {
    bool recheck = false;  // something is absent, but not yet surely gone: look again in a few seconds
  };
  // Compares with the directories, if they changed since the last look. `force`: even if they did not.
  [[nodiscard]] StoreResult<Scanned> scan(WallTime now, bool force = false);
  // Moves new/ to cur/; the UIDs that moved, ascending.
  [[nodiscard]] std::vector<Uid> take_new();

  // --- what is there ---
  [[nodiscard]] AccountState& account() { return account_; }
  [[nodiscard]] const FolderName& name() const { return name_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] UidValidity uid_validity() const { return uid_validity_; }
  // Null when there is none, or it is absent.
  [[nodiscard]] Entry* find(Uid uid);
  [[nodiscard]] std::vector<Uid> all() const;
  [[nodiscard]] std::string file(const Entry& entry) const { return file_path(path_, entry.place, entry.name()); }
  [[nodiscard]] const Keywords& keywords(const Entry& entry) const { return *keyword_sets_[entry.message.keyword_set]; }
  // Empty when POP3 clients know it by no other name than the one made from its UID.
  [[nodiscard]] std::string unique_id(Uid uid) const;
  // What it looks like now; the same object as long as nothing changed.
  [[nodiscard]] SnapshotPtr snapshot();
  // UIDs expunged after `since`, ascending; nothing when some of them are forgotten.
  [[nodiscard]] std::optional<std::vector<Uid>> expunged_since(ModSeq since);

  // --- changes; commit() makes them last ---
  // UIDs for `count` messages may be handed out when this succeeds.
  [[nodiscard]] StoreResult<void> reserve(std::size_t count);
  // A message in that file. reserve() came before.
  Entry& add(Place place, std::string_view file_name);
  // The file has another name, or lies elsewhere; a new modseq when its flags changed.
  void renamed(Entry& entry, Place place, std::string_view file_name);
  void set_keywords(Entry& entry, Keywords keywords);
  void set_unique_id(Uid uid, std::string id);
  // Ascending UIDs. Only what is known of them: the caller has removed the files.
  void expunge(const std::vector<Uid>& uids);
  [[nodiscard]] StoreResult<void> commit(Sync sync);

  // Writes the summary with which the next load() or status() begins.
  void close(WallTime now);

  // The spelling under which this folder knows the keyword.
  [[nodiscard]] std::string spelled(const std::string& keyword);

 private:
  friend struct Adopted;
  struct Times {
    WallTime fresh, cur;  // mtimes of new/ and cur/
    bool operator==(const Times&) const = default;
  };
  [[nodiscard]] DiskResult<Times> times();
  [[nodiscard]] StoreResult<void> merge(std::vector<MessageFile> files);
  [[nodiscard]] StoreResult<bool> confirm_absent(const Times& before, bool settled, WallTime now);
  void forget_absent(WallTime now);

  void replay(const std::vector<JournalRecord>& records);
  void replay_one(const JournalRecord& record);
  void replay_message(const JournalRecord& record);
  void start_new(WallTime now);
  [[nodiscard]] std::uint32_t keyword_set(Keywords keywords);
  void log(JournalRecord record);
  void log_message(const Entry& entry);
  [[nodiscard]] std::string compacted() const;
  [[nodiscard]] DiskResult<void> append(Sync sync);
  [[nodiscard]] DiskResult<void> rewrite();
  [[nodiscard]] Entry* find_any(Uid uid);
  [[nodiscard]] Entry* find_file(std::string_view file_name);
  void remember_expunged(Uid uid, ModSeq modseq);

  AccountState& account_;
  FolderName name_;
  std::string path_;
  bool loaded_ = false;

  UidValidity uid_validity_;
  std::string id_;
  Uid uid_next_{1}, uid_mark_{1};
  ModSeq highest_;
  ModSeq forgotten_;                                            // expunges up to here are not in expunged_
  std::vector<std::unique_ptr<Entry>> entries_;                 // ascending by UID
  std::unordered_map<std::string_view, Entry*> by_file_;        // key: unique part, lies in Entry::base
  std::unordered_map<std::uint32_t, Entry*> by_uid_;            // while the journal is read: then entries_ are not yet in order
  std::map<Uid, std::string> unique_ids_;
  std::map<std::string, std::string, std::less<>> adopted_ids_; // UIDLs by unique part, of messages that have no UID yet
  std::vector<std::pair<ModSeq, Uid>> expunged_;                // ascending by modseq
  std::vector<std::shared_ptr<const Keywords>> keyword_sets_;   // [0] is empty
  std::shared_ptr<const Keywords> known_keywords_;

  std::string pending_;            // lines not yet written
  std::uint64_t journal_size_ = 0;
  bool rewrite_due_ = false;
  bool closed_ = false;            // the journal ends with a Closed record
  bool dirty_ = true;              // snapshot_ is out of date
  SnapshotPtr snapshot_;

  std::uint64_t scans_ = 0;
  Times seen_times_;               // before the last scan
  std::int64_t seen_since_ = 0;    // our clock when these times were first seen (µs)
  bool looked_ = false;            // the last scan left nothing open
};

}  // namespace courier::store
