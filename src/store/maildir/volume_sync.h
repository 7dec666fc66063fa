// Syncs whole file systems for those who would else sync many files, with an end to their patience: beside a program that writes
// gigabytes it would take as long as those.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/time.h"
#include "runtime/disk.h"

namespace courier::store {

class VolumeSync {
 public:
  using Volumes = std::vector<std::shared_ptr<Volume>>;

  // Any thread. True: all that was written there before the call is on stable storage. False: it may or may not be, because of an
  // error, or because it took longer than `patience`, or one that did is still under way; each file has to be synced by itself.
  [[nodiscard]] bool sync(const Volumes& volumes, Duration patience);

  VolumeSync();
  // Leaves alone what takes longer than its caller waited.
  ~VolumeSync();
  VolumeSync(const VolumeSync&) = delete;
  VolumeSync& operator=(const VolumeSync&) = delete;

 private:
  // Shared with the thread, which may be stuck in the kernel for long.
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    Volumes wanted;         // not begun
    bool busy = false;      // wanted or being synced
    bool succeeded = false;  // the last one
    bool ending = false;
  };
  static void work(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_ = std::make_shared<State>();
  std::thread thread_;  // made at the first sync
};

}  // namespace courier::store
