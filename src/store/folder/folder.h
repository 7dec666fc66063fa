// Folder: one open folder of an account, shared by all sessions of this process that have it selected.
//
// Everything here is called on the loop. The work is done on the account's strand (one job after another); a job that has begun
// is finished even when the waiting coroutine is destroyed. Nothing here holds an open file between calls, except the
// process's one watch descriptor. An idle folder costs about 100 bytes a message and 1 KB.
//
// An answer without error means: on stable storage (messages, flags, keywords, UIDs), unless said otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "runtime/disk.h"
#include "runtime/loop.h"
#include "runtime/pool.h"
#include "runtime/task.h"
#include "store/folder/snapshot.h"
#include "store/folder/types.h"
#include "store/maildir/folder_name.h"

namespace courier {
class DirectoryWatch;
}

namespace courier::store {

class Account;
class FolderReader;
class Upload;
class UploadContent;
struct FolderCore;

// A message's bytes as stored (LF line ends). `bytes` when it was at most ReadLimits::whole, else `file`, to be read in pieces
// on the pool (Account::pool()). The file stays readable after the message was renamed or expunged.
struct LoadedMessage {
  Uid uid;
  std::uint64_t size = 0;      // stored, LF line ends
  WallTime internal_date;      // mtime of the file, unless ReadLimits::dates was false
  bool has_bytes = false;
  std::string bytes;
  std::shared_ptr<File> file;
};
struct ReadLimits {
  std::uint64_t whole = 256 * 1024;       // larger messages come as a file
  std::uint64_t together = 1024 * 1024;   // stop after this many bytes; ask again for the rest
  bool facts_only = false;                // neither bytes nor file: size and internal date
  bool dates = true;                      // false saves a system call a message
};

// What can be computed again from a message's bytes; kept in a cache that may be deleted at any time (store/cache).
struct Computed {
  Uid uid;
  WallTime internal_date;
  std::uint64_t stored_size = 0;   // LF line ends
  std::uint64_t wire_size = 0;     // with CRLF: RFC822.SIZE
  std::string structure;           // wire/message's serialised structure; its version is the writer's business
  bool operator==(const Computed&) const = default;
};

struct Appended {
  UidValidity uid_validity;
  std::vector<Uid> uids;       // in the order given
};
struct Copied {
  UidValidity uid_validity;    // of the target
  std::vector<Uid> from, to;   // pairs: messages that were gone are left out
};
struct Stored {
  struct One {
    Uid uid;
    ModSeq modseq;             // now
  };
  std::vector<One> changed;    // whose flags or keywords are now other than before
  std::vector<Uid> modified;   // not touched, because changed after `unchanged_since` (RFC 7162)
  std::vector<Uid> gone;
};

struct NewMessage {
  std::unique_ptr<Upload> body;
  Flags flags;
  std::vector<std::string> keywords;
  std::optional<WallTime> internal_date;  // none: now
};

// Told, by post, that current() is another snapshot than before. Removed by its destructor; outlives nothing.
class FolderListener {
 public:
  FolderListener() = default;
  FolderListener(const FolderListener&) = delete;
  FolderListener& operator=(const FolderListener&) = delete;
  virtual ~FolderListener();
  virtual void folder_changed() = 0;

 private:
  friend class Folder;
  class Folder* folder_ = nullptr;
};

enum class Access : std::uint8_t {
  Examine,  // reads; new messages stay in new/
  Select,   // moves new/ to cur/ as it sees it
};

class Folder : public std::enable_shared_from_this<Folder> {
 public:
  // Made by Account::open().
  Folder(std::shared_ptr<Account> account, FolderName name, std::shared_ptr<FolderCore> core);
  // The last session left: counters are written down, by a job of the account.
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const FolderName& name() const { return name_; }
  [[nodiscard]] Account& account() { return *account_; }
  // What the folder holds as far as this process knows. Never null, never waits.
  [[nodiscard]] SnapshotPtr current() const;
  // Calls `listener` when current() changed. While there is a listener, what other programs do is noticed by a watch
  // (where there is one) and then refreshed without being asked.
  void listen(FolderListener& listener);
  void unlisten(FolderListener& listener);

  // Notices what other programs did: for NOOP, CHECK, SELECT. Costs nothing when the watch saw no change. With
  // Access::Select messages in new/ are moved to cur/ and returned: they are \Recent for this session and no other.
  struct Refreshed {
    SnapshotPtr snapshot;
    std::vector<Uid> recent;
  };
  [[nodiscard]] Task<StoreResult<Refreshed>> refresh(Access access);

  // The messages, in the order asked for, without those that are gone; fewer when limits.together was reached (at least one
  // of those that exist). Asks for at most 1,000 at once.
  [[nodiscard]] Task<StoreResult<std::vector<LoadedMessage>>> load(std::vector<Uid> uids, ReadLimits limits = {});
  // Runs `job` on the account's strand; it is submitted when this returns. It owns what it uses, and runs to its end whatever becomes
  // of who waits. A job that takes longer than some milliseconds holds up all that happens in this account.
  using ReadJob = std::function<StoreResult<void>(FolderReader& reader)>;
  [[nodiscard]] Pending<StoreResult<void>> read(ReadJob job);

  // What remember() was given for these messages, as far as it is still there, in the order asked for. Never an error: what
  // is lost is computed again.
  [[nodiscard]] Task<std::vector<Computed>> computed(std::vector<Uid> uids);
  // Keeps it for later, in the background.
  void remember(std::vector<Computed> messages);

  // A place for a message that is being received (APPEND), before its flags are known to be right.
  [[nodiscard]] std::unique_ptr<Upload> upload();
  // All or none. Quota is checked for all together.
  [[nodiscard]] Task<StoreResult<Appended>> append(std::vector<NewMessage> messages);

  // With `unchanged_since`, messages with a higher modseq are left alone. `durable` false (the implied \Seen of FETCH): not synced.
  [[nodiscard]] Task<StoreResult<Stored>> store(std::vector<Uid> uids, FlagChange change,
                                                std::optional<ModSeq> unchanged_since = std::nullopt, bool durable = true);
  // Removes those of `uids` that have \Deleted (all that have it, when `uids` is none). The UIDs that went, ascending.
  [[nodiscard]] Task<StoreResult<std::vector<Uid>>> expunge(std::optional<std::vector<Uid>> uids = std::nullopt);
  // Removes these, with or without \Deleted (POP3). The UIDs that went.
  [[nodiscard]] Task<StoreResult<std::vector<Uid>>> remove(std::vector<Uid> uids);
  // Into another folder of the same account, with flags, keywords and internal date; all or none.
  [[nodiscard]] Task<StoreResult<Copied>> copy(std::vector<Uid> uids, std::shared_ptr<Folder> to);
  // The same by renaming (RFC 6851): the message is at every moment in one of the two.
  [[nodiscard]] Task<StoreResult<Copied>> move(std::vector<Uid> uids, std::shared_ptr<Folder> to);
  // UIDs that were expunged after that modseq, ascending; nothing when that is longer ago than we remember (QRESYNC: then
  // compare with what is there).
  [[nodiscard]] Task<StoreResult<std::optional<std::vector<Uid>>>> expunged_since(ModSeq modseq);

  // UIDL of each message of `snapshot`, in its order: what Courier's POP3 server told for it, else made from UIDVALIDITY and UID.
  [[nodiscard]] Task<StoreResult<std::vector<std::string>>> pop3_unique_ids(SnapshotPtr snapshot);
  // A hint that the folder may have changed (a delivery): as if the watch had said so.
  void nudge();
  // The name of the folder or the folder itself went away (DELETE, RENAME by another session): operations give NotFound.
  [[nodiscard]] bool deleted() const;

 private:
  friend class Account;
  friend struct FolderCore;
  template <class Body>
  [[nodiscard]] auto work(Body body) -> Task<decltype(body(std::declval<FolderCore&>(), WallTime()))>;
  // Reads the journal and begins to watch. Once.
  [[nodiscard]] Task<StoreResult<void>> start();
  [[nodiscard]] static Task<> refresh_in_background(std::shared_ptr<Folder> self);
  void refresh_later(Duration after);
  void changed();
  void end_watch();

  std::shared_ptr<Account> account_;
  FolderName name_;
  std::shared_ptr<FolderCore> core_;
  std::vector<FolderListener*> listeners_;
  std::unique_ptr<DirectoryWatch> watch_new_, watch_cur_;
  TimerId timer_;             // of refresh_later(); number 0: none
  bool dirty_ = true;         // may have changed since the last look
  bool recheck_ = false;      // something is absent, and not yet surely gone
  bool refreshing_ = false;   // in the background
};
using FolderPtr = std::shared_ptr<Folder>;

// A message on its way into a folder. CRLF becomes LF, a missing last line end is added. Kept in memory up to 64 KiB, then in
// the folder's tmp/; destroying one that was not appended removes it.
class Upload {
 public:
  Upload(std::shared_ptr<Account> account, FolderName folder);
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  // Appends bytes as the client sent them.
  [[nodiscard]] Task<StoreResult<void>> write(std::string bytes);
  // Stored size so far, in bytes.
  [[nodiscard]] std::uint64_t size() const;

 private:
  friend class Folder;
  std::shared_ptr<Account> account_;
  FolderName folder_;
  std::shared_ptr<UploadContent> content_;
};

}  // namespace courier::store
