// Spool: the queue's messages on disk. Every call blocks and belongs to the one writer thread (writer.h).
//
// A message is committed with its body; what becomes of it is committed before anything is done that relies on it; when it
// leaves, its rows go, then its file. After a crash the spool holds exactly the messages whose changes were `Done` and whose
// removals were not, plus perhaps changes that were under way.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "runtime/disk.h"
#include "store/queue/bodies.h"
#include "store/queue/change.h"
#include "store/sqlite/database.h"

namespace courier::spool {

struct SpoolOptions {
  std::string folder = {};
  // New mail is refused (Full) when less than this is free; outcomes go on.
  std::uint64_t reserve_bytes = 64u << 20;
  // History: how many messages, and for how long.
  std::int64_t history_messages = 100'000;
  std::int64_t history_us = 7 * std::int64_t{86'400'000'000};
};

// What opening found, for the log.
struct OpenReport {
  std::int64_t messages = 0;
  std::size_t orphans = 0;     // body files without a message, removed
  std::string damage;          // not empty: the spool was damaged, set aside and begun anew; this is the alarm's text
  std::int64_t salvaged = 0;   // messages saved from it
  std::int64_t lost = 0;       // messages of it that could not be read
};

// A body as it lies: bytes, or a file to be read with its recorded size.
struct StoredBody {
  std::string bytes;
  FilePtr file;
  std::uint64_t size = 0;
};

struct HistoryEntry {
  std::int64_t ended_us = 0;
  std::string events;
};

class Spool {
 public:
  // Error: a text for the log (network file system, newer version, disk). `now_us` is wall time.
  [[nodiscard]] static Result<std::unique_ptr<Spool>, std::string> open(Disk& disk, SpoolOptions options, std::int64_t now_us,
                                                                        OpenReport& report);
  ~Spool();

  // One transaction for all of them, outcomes first, where a refused one undoes only itself; receipts in the order given. When the transaction
  // fails as a whole, the outcomes are tried once more alone, and the rest gets Full or Failed.
  [[nodiscard]] std::vector<Receipt> apply(std::span<const Change* const> changes, std::int64_t now_us);

  // Messages due at `until_us` or earlier, earliest first, at most `most`, without those in `skip`. `next_due_us`: when the next
  // one after those is due; nothing: none waits.
  struct Due {
    std::vector<Stored> messages;
    std::optional<std::int64_t> next_due_us;
  };
  [[nodiscard]] Result<Due, std::string> due(std::int64_t until_us, std::size_t most, const std::set<Number>& skip);
  // Nothing waits longer than until `now_us`; how many messages that changed.
  [[nodiscard]] Result<std::int64_t, std::string> make_all_due(std::int64_t now_us);
  [[nodiscard]] Result<std::optional<Stored>, std::string> find(const std::string& id);
  // In the order of their numbers, from `after`.
  [[nodiscard]] Result<std::vector<Stored>, std::string> list(Number after, std::size_t most);
  [[nodiscard]] Result<std::int64_t, std::string> count();
  [[nodiscard]] Result<StoredBody, std::string> body(Number number);
  [[nodiscard]] Result<std::optional<HistoryEntry>, std::string> history(const std::string& id);
  // Which of `keys` have been claimed for that message, as indexes.
  [[nodiscard]] Result<std::vector<std::size_t>, std::string> claimed(Number message, const std::vector<std::string>& keys);
  // Small numbers that outlive the process ("clock": the wall time it was last seen at).
  [[nodiscard]] Result<std::optional<std::int64_t>, std::string> fact(const std::string& name);
  [[nodiscard]] Result<void, std::string> set_fact(const std::string& name, std::int64_t value);

  // To be called when nothing waits: gives pages back to the file system. True: there is more to do.
  bool tidy();
  [[nodiscard]] Bodies& bodies() { return bodies_; }
  [[nodiscard]] std::uint64_t free_bytes() const { return free_bytes_; }  // some milliseconds before the last transaction, at most
  void set_options(const SpoolOptions& options) { options_ = options; }  // the folder stays

 private:
  struct Statements;
  Spool(Disk& disk, SpoolOptions options, sqlite::Database database);
  [[nodiscard]] sqlite::Result<void> prepare_statements();
  [[nodiscard]] sqlite::Result<void> recover_schedule();
  [[nodiscard]] sqlite::Result<std::set<std::string>> named_files();

  static constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::min();
  struct Batch;
  [[nodiscard]] sqlite::Result<void> transact(Batch& batch);
  [[nodiscard]] sqlite::Result<bool> attempt(Batch& batch, bool with_savepoints);
  [[nodiscard]] sqlite::Result<Receipt> apply_in_savepoint(const Change& change, std::vector<std::string>& files_gone);
  [[nodiscard]] sqlite::Result<Receipt> apply_one(const Change& change, std::vector<std::string>& files_gone);
  void committed(const Change& change, const Receipt& receipt);
  [[nodiscard]] sqlite::Result<void> remove(const Removal& removal, std::vector<std::string>& files_gone);
  [[nodiscard]] sqlite::Result<void> remove_belongings(Number number, std::vector<std::string>& files_gone);
  [[nodiscard]] sqlite::Result<void> update(const Update& update);
  [[nodiscard]] sqlite::Result<Verdict> add(const Addition& addition);
  [[nodiscard]] sqlite::Result<Number> share_body(Number message);
  [[nodiscard]] sqlite::Result<void> age_history(std::int64_t now_us, std::size_t most);
  [[nodiscard]] bool below_reserve(std::int64_t now_us);

  Disk& disk_;
  SpoolOptions options_;
  Bodies bodies_;
  sqlite::Database database_;
  std::unique_ptr<Statements> statements_;  // must not outlive the database
  Number next_number_ = 1;
  // Messages that came in this life and have nothing but their row in `message`: no file, no shared body, no schedule, no claims. Of any
  // other, what belongs to it is looked for when it leaves.
  std::unordered_set<Number> plain_;
  std::int64_t history_count_ = 0;
  std::int64_t oldest_ended_us_ = unknown;  // of the history, or earlier
  std::uint64_t free_bytes_ = 0;  // as the disk said
  std::int64_t space_asked_us_ = 0;
  std::uint64_t committed_bytes_ = 0;  // since, rather too many
};

}  // namespace courier::spool
