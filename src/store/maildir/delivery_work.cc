#include "store/maildir/delivery_work.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace courier::store {

namespace {

// Every file system that files of the wave lie in; nothing when one of them cannot be synced as a whole.
std::optional<VolumeSync::Volumes> volumes_of(const DeliveryWave& wave) {
  std::map<std::uint64_t, std::shared_ptr<Volume>> by_device;
  for (const GroupPtr& group : wave.groups) {
    for (const auto& item : group->items) {
      if (!item->file) continue;
      const auto facts = item->file->facts();
      if (!facts) return {};
      auto& volume = by_device[facts->device];
      if (!volume) volume = item->file->volume();
      if (!volume) return {};
    }
  }
  VolumeSync::Volumes volumes;
  for (auto& [device, volume] : by_device) volumes.push_back(std::move(volume));
  return volumes;
}

bool has_file(const DeliveryGroup& group) {
  return std::ranges::any_of(group.items, [](const auto& item) { return item->file != nullptr; });
}

bool is_elsewhere(const DeliveryGroup& group) {
  return std::ranges::any_of(group.items, [](const auto& item) { return item->elsewhere; });
}

}  // namespace

DeliveryWork::DeliveryWork(Disk& disk, std::uint64_t process_id, Loop& home, Pool& pool, std::function<void()> told)
    : files_(disk, process_id), home_(home), pool_(pool), told_(std::move(told)) {}

// --- groups ---

void DeliveryWork::begin(const GroupPtr& group) {
  pool_.submit(Callback([self = shared_from_this(), group] {
    self->write(*group);
    self->sync_each(group);
  }));
}

void DeliveryWork::write(DeliveryGroup& group) {
  for (const auto& item : group.items) files_.write(*item);
}

void DeliveryWork::sync_each(const GroupPtr& group) {
  group->unsynced = group->items.size();
  for (std::size_t i = 1; i < group->items.size(); ++i) {
    pool_.submit(Callback([self = shared_from_this(), group, i] { self->sync_one(group, i); }));
  }
  sync_one(group, 0);
}

void DeliveryWork::sync_one(const GroupPtr& group, std::size_t index) {
  files_.sync(*group->items[index]);
  if (--group->unsynced != 0) return;
  files_.publish(*group);
  settle_by_itself(group);
}

void DeliveryWork::settle_by_itself(const GroupPtr& group) {
  files_.settle(*group, false);
  finish({.groups = {group}, .waves = {}});
}

// --- waves ---

void DeliveryWork::begin(const WavePtr& wave) {
  pool_.submit(Callback([self = shared_from_this(), wave] { self->perform(wave); }));
}

void DeliveryWork::perform(const WavePtr& wave) {
  const std::string place = wave->groups.front()->maildir + "/tmp";
  for (const GroupPtr& group : wave->groups) files_.write_unnamed(*group, place);
  const auto volumes = volumes_of(*wave);
  if (!volumes || !volumes_.sync(*volumes, wave->patience)) return give_up(wave, &DeliveryWork::sync_each);
  // Where nothing was written, or not at once, the names may lie in a file system that was not synced.
  std::vector<GroupPtr> apart;
  std::vector<GroupPtr> written;
  for (const GroupPtr& group : wave->groups) {
    const bool had_file = has_file(*group);
    for (const auto& item : group->items) files_.synced(*item);
    files_.publish(*group);
    (had_file && !is_elsewhere(*group) ? written : apart).push_back(group);
  }
  wave->groups = std::move(written);
  for (const GroupPtr& group : apart) settle_by_itself(group);
  if (!volumes_.sync(*volumes, wave->patience)) return give_up(wave, &DeliveryWork::settle_by_itself);
  for (const GroupPtr& group : wave->groups) files_.settle(*group, true);
  wave->whole = true;
  finish({.groups = wave->groups, .waves = {wave}});
}

void DeliveryWork::give_up(const WavePtr& wave, void (DeliveryWork::*instead)(const GroupPtr&)) {
  for (const GroupPtr& group : wave->groups) {
    pool_.submit(Callback([self = shared_from_this(), group, instead] { ((*self).*instead)(group); }));
  }
  finish({.groups = {}, .waves = {wave}});
}

// --- what is finished ---

void DeliveryWork::finish(const Finished& more) {
  const std::lock_guard lock(mutex_);
  const bool first = finished_.groups.empty() && finished_.waves.empty();
  for (const GroupPtr& group : more.groups) finished_messages_ += group->items.size();
  finished_.groups.insert(finished_.groups.end(), more.groups.begin(), more.groups.end());
  finished_.waves.insert(finished_.waves.end(), more.waves.begin(), more.waves.end());
  if (first) home_.post_from_any_thread(Callback(told_));
}

std::size_t DeliveryWork::finished_messages() const {
  const std::lock_guard lock(mutex_);
  return finished_messages_;
}

DeliveryWork::Finished DeliveryWork::take() {
  const std::lock_guard lock(mutex_);
  finished_messages_ = 0;
  return std::exchange(finished_, {});
}

}  // namespace courier::store
