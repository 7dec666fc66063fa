#include "store/maildir/volume_sync.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace courier::store {

VolumeSync::VolumeSync() = default;

VolumeSync::~VolumeSync() {
  bool stuck = false;
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
    stuck = state_->busy;
  }
  state_->changed.notify_all();
  if (!thread_.joinable()) return;
  if (stuck) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

bool VolumeSync::sync(const Volumes& volumes, Duration patience) {
  std::unique_lock lock(state_->mutex);
  if (volumes.empty()) return true;
  if (state_->busy) return false;
  state_->busy = true;
  state_->wanted = volumes;
  if (!thread_.joinable()) thread_ = std::thread([state = state_] { work(state); });
  state_->changed.notify_all();
  const auto ready = [this] { return !state_->busy; };
  return state_->changed.wait_for(lock, std::chrono::nanoseconds(patience.nanoseconds), ready) && state_->succeeded;
}

void VolumeSync::work(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  for (;;) {
    state->changed.wait(lock, [&] { return state->ending || !state->wanted.empty(); });
    if (state->ending) return;
    const Volumes volumes = std::exchange(state->wanted, {});
    lock.unlock();
    const bool succeeded = std::ranges::all_of(volumes, [](const auto& volume) { return volume->sync().has_value(); });
    lock.lock();
    state->succeeded = succeeded;
    state->busy = false;
    state->changed.notify_all();
  }
}

}  // namespace courier::store
