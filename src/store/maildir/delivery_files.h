// The blocking half of Deliverer: one message's file, and one maildir's group of them. Called on pool threads; different items
// and different maildirs at the same time.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "store/maildir/delivery.h"

namespace courier::store {

struct DeliveryItem {
  Delivery delivery;
  DeliveryResult result;
  FilePtr file;                    // written: with the name `tmp` until it is synced, without one until it is published
  std::string tmp;                 // its name, until it is renamed
  std::string name;                // its final name
  std::uint64_t size = 0;
  std::optional<MessageFile> found;  // the file is there already: it is renamed to this
  bool repeated = false;             // an earlier attempt had written it
  bool elsewhere = false;            // in another file system than the first files of its wave
  bool decided = false;            // `result` stands
};

// The messages of one maildir that are delivered together.
struct DeliveryGroup {
  std::string maildir;
  std::vector<std::unique_ptr<DeliveryItem>> items;
  WallTime now;
  std::optional<Quota> quota;       // from rename() on
  std::int64_t bytes = 0, messages = 0;  // what it lets in
  std::atomic<std::size_t> unsynced = 0;  // items, where each is synced for itself
};

class DeliveryFiles {
 public:
  DeliveryFiles(Disk& disk, std::uint64_t process_id) : disk_(disk), process_id_(process_id) {}

  // Looks for an earlier attempt's file, else writes one with a name in tmp/.
  void write(DeliveryItem& item) { write(item, {}); }
  // All of them without names where there are such files, made near the directory `place`: what is written there one after another shares
  // the file system's blocks of inodes, and tmp/ need not be written. Only for what is synced as a whole (Disk::create_unnamed).
  void write_unnamed(DeliveryGroup& group, const std::string& place);
  // Has what write() wrote on stable storage: a file without a name is written again with one.
  void sync(DeliveryItem& item);
  // What write() wrote is on stable storage.
  void synced(DeliveryItem& item);
  // Quota, and the final names of what it lets in.
  void publish(DeliveryGroup& group);
  // Decides all. Unless the names are on stable storage it syncs new/ once (and cur/, when an earlier file lies there).
  void settle(DeliveryGroup& group, bool names_synced);

 private:
  // `unnamed_in` is empty: with a name.
  void write(DeliveryItem& item, const std::string& unnamed_in);
  [[nodiscard]] DiskResult<void> write_named(DeliveryItem& item);
  [[nodiscard]] DiskResult<void> write_tmp(DeliveryItem& item, const std::string& unnamed_in);
  [[nodiscard]] DiskResult<void> sync_tmp(DeliveryItem& item);
  [[nodiscard]] DiskResult<void> close_tmp(DeliveryItem& item, DiskResult<void> so_far);
  [[nodiscard]] DiskResult<void> write_again(DeliveryItem& item);
  [[nodiscard]] DiskResult<void> fill(File& file, const DeliveryItem& item, std::uint64_t& lines);
  [[nodiscard]] DiskResult<void> copy_body(File& file, const DeliveryItem& item, std::uint64_t& lines);
  [[nodiscard]] bool find_earlier(DeliveryItem& item);
  void discard(DeliveryItem& item);
  void publish_all(DeliveryGroup& group);
  [[nodiscard]] DiskResult<void> publish(DeliveryItem& item);
  [[nodiscard]] DiskResult<void> publish_once_more(DeliveryItem& item, DiskError why);
  [[nodiscard]] DiskResult<void> sync_places(const DeliveryGroup& group);
  void rewrite_all(DeliveryGroup& group);

  Disk& disk_;
  std::uint64_t process_id_;
  std::atomic<std::uint64_t> count_ = 0;
  std::atomic<bool> one_volume_ = true;  // no maildir was found in another file system
};

}  // namespace courier::store
