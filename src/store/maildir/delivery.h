// Delivery of messages into the inboxes of maildirs, many at a time, and durable when the answer comes.
//
// The file name is the same on every attempt, so a repeated attempt recognises what is already there. Each message is written to
// tmp/ and synced, then renamed into new/, and new/ is synced. Messages of one maildir that wait at the same time are a group. When
// few wait, a group's files are synced in parallel on the pool, and the thread of the last one renames all and syncs new/ once; groups
// of different maildirs do not wait for each other. When many wait, their groups are a wave: all files are written, without names where
// there are such files, the file system is synced as a whole, all get their names, and it is synced again. A wave whose sync takes too long, since others write there, too, goes on as
// single groups, and then for a while there is none. After a failed sync nothing of the file is trusted: it is written again
// under another name from the bytes the caller still holds, once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/shared_bytes.h"
#include "base/time.h"
#include "runtime/disk.h"
#include "runtime/loop.h"
#include "runtime/pool.h"
#include "runtime/task.h"
#include "store/maildir/maildir.h"
#include "store/maildir/quota.h"

namespace courier::store {

// A message's bytes, LF line ends, shared by the deliveries of all its recipients: in memory, or in a file (which is read by one
// thread at a time).
class DeliveryBody {
 public:
  explicit DeliveryBody(SharedBytes bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {}
  DeliveryBody(FilePtr file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Empty when they are in a file. Any thread.
  [[nodiscard]] std::string_view in_memory() const { return bytes_.view(); }
  // Of a file: up to into.size() bytes at `offset`; fewer only at the end. Any thread.
  [[nodiscard]] DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into);

 private:
  std::mutex mutex_;  // guards file_
  FilePtr file_;
  SharedBytes bytes_;
  std::uint64_t size_;
};

struct Delivery {
  std::string maildir;  // absolute; made when missing
  QuotaLimits quota;
  std::string base;  // delivery_base()
  bool look_first = true;  // it may be there already: an attempt came before, or may have
  std::string head;  // header lines to put in front: Return-Path, Delivered-To
  std::shared_ptr<DeliveryBody> body;
};

enum class DeliveryOutcome : std::uint8_t {
  Delivered,
  Repeated,  // an earlier attempt had delivered it
  OverQuota,
  NoSpace,  // the disk is full: later
  Broken,  // the disk failed: later
};
struct DeliveryResult {
  DeliveryOutcome outcome = DeliveryOutcome::Broken;
  std::string text;  // for the log, when not delivered
};

class Deliverer {
 public:
  struct Settings {
    std::uint64_t process_id = 0;  // in tmp names
    std::size_t max_group = 250;  // messages of one maildir at once, each an open file
    std::size_t min_wave = 8;  // messages
    std::size_t max_wave = 1000;  // messages of up to 64 KiB, larger ones count for more; max_group more at most
    Duration wave_rest = milliseconds(100);  // from the beginning of a wave to the next start,
    Duration wave_lull = milliseconds(10);  // or from the last message that came
    // How long one sync of a wave may take: so much, and so much more a message of up to 64 KiB.
    Duration wave_patience = milliseconds(10), message_patience = microseconds(500);
    Duration rest = milliseconds(100);  // from a maildir's group to its next at least, so that more messages share a sync
    // How long finished messages wait for others that are being written: their answers go out together.
    Duration gather = milliseconds(20);
    std::size_t remembered = 1000;  // latest deliveries, for repeated attempts whose message was moved away since
    // A wave of so many messages was synced as a whole, or was not and is now delivered as single groups.
    std::function<void(std::size_t messages, bool whole)> wave_ended = {};
  };
  // All outlive the deliverer. As many files are synced at once as the pool has threads: 16 is a good number.
  Deliverer(Loop& loop, Disk& disk, Pool& pool, Settings settings);
  ~Deliverer();
  Deliverer(const Deliverer&) = delete;
  Deliverer& operator=(const Deliverer&) = delete;

  // On the loop. Once begun it is finished, even when the caller is gone.
  [[nodiscard]] Task<DeliveryResult> deliver(Delivery delivery);

  // Messages that wait or are being written.
  [[nodiscard]] std::size_t pending() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace courier::store
