// What pool threads do for Deliverer: groups that sync each file for itself, and waves of groups that sync whole file systems.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/loop.h"
#include "runtime/pool.h"
#include "store/maildir/delivery_files.h"
#include "store/maildir/volume_sync.h"

namespace courier::store {

using GroupPtr = std::shared_ptr<DeliveryGroup>;

// Groups of many maildirs that are synced together.
struct DeliveryWave {
  std::vector<GroupPtr> groups;
  std::size_t messages = 0;
  Duration patience{};  // with each of its two syncs
  bool whole = false;   // they succeeded; else each group goes on for itself
};
using WavePtr = std::shared_ptr<DeliveryWave>;

// Holds no reference to the loop's objects but the loop and the pool: it may outlive the deliverer.
class DeliveryWork : public std::enable_shared_from_this<DeliveryWork> {
 public:
  // `told` runs on the loop when groups or waves have finished: once for all that take() then gives.
  DeliveryWork(Disk& disk, std::uint64_t process_id, Loop& home, Pool& pool, std::function<void()> told);

  // On the loop. One job writes all files of a group, so that their entries in tmp/ go to the disk together; then they are synced in
  // parallel, and whoever syncs the last publishes all. No thread waits for another; a message that is alone in its maildir, as most
  // are, is one job.
  void begin(const GroupPtr& group);
  // On the loop. One job writes the files of all groups, has them synced together, renames them, and has the names synced together.
  void begin(const WavePtr& wave);

  // On the loop.
  [[nodiscard]] std::size_t finished_messages() const;
  struct Finished {
    std::vector<GroupPtr> groups;
    std::vector<WavePtr> waves;  // the groups of one that was not whole come later
  };
  [[nodiscard]] Finished take();

 private:
  // On pool threads.
  void write(DeliveryGroup& group);
  void sync_each(const GroupPtr& group);
  void sync_one(const GroupPtr& group, std::size_t index);
  void settle_by_itself(const GroupPtr& group);
  void perform(const WavePtr& wave);
  // Each group goes on for itself.
  void give_up(const WavePtr& wave, void (DeliveryWork::*instead)(const GroupPtr&));
  void finish(const Finished& more);

  DeliveryFiles files_;
  Loop& home_;
  Pool& pool_;
  VolumeSync volumes_;
  const std::function<void()> told_;
  mutable std::mutex mutex_;
  Finished finished_;
  std::size_t finished_messages_ = 0;
};

}  // namespace courier::store
