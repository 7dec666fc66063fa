// The blocking half of Deliverer: one message's file, and one maildir's share of a batch. Called on pool threads; different items
// and different maildirs at the same time.
#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <string>

#include "store/maildir/delivery.h"

namespace courier::store {

struct DeliveryItem {
  Delivery delivery;
  DeliveryResult result;
  FilePtr file;                    // written, not synced yet
  std::string tmp;                 // its name, until it is renamed; empty: nothing to rename
  std::string name;                // its final name
  std::uint64_t size = 0;
  std::optional<MessageFile> found;  // the file is there already: it is renamed to this
  bool repeated = false;             // an earlier attempt had written it
  bool decided = false;            // `result` stands
};

class DeliveryFiles {
 public:
  DeliveryFiles(Disk& disk, std::uint64_t process_id) : disk_(disk), process_id_(process_id) {}

  // Looks for an earlier attempt's file, else writes one in tmp/.
  void write(DeliveryItem& item);
  // Syncs what write() wrote.
  void sync(DeliveryItem& item);
  // All undecided items of one maildir: quota, renames, one sync of new/ (and of cur/, when an earlier file lies there).
  void publish(std::span<DeliveryItem* const> items, WallTime now);

 private:
  [[nodiscard]] DiskResult<void> write_tmp(DeliveryItem& item);
  [[nodiscard]] DiskResult<void> sync_tmp(DeliveryItem& item);
  [[nodiscard]] DiskResult<void> write_again(DeliveryItem& item);
  [[nodiscard]] DiskResult<void> fill(File& file, const DeliveryItem& item, std::uint64_t& lines);
  [[nodiscard]] bool find_earlier(DeliveryItem& item);
  void rename_all(std::span<DeliveryItem* const> items);
  [[nodiscard]] DiskResult<void> rename_tmp(const DeliveryItem& item);
  [[nodiscard]] DiskResult<void> rename_into_new_maildir(DeliveryItem& item);
  [[nodiscard]] DiskResult<void> sync_places(std::span<DeliveryItem* const> items);
  void rewrite_all(std::span<DeliveryItem* const> items);

  Disk& disk_;
  std::uint64_t process_id_;
  std::atomic<std::uint64_t> count_ = 0;
};

}  // namespace courier::store
