#include "runtime/testing/simulated_file.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace courier::simulated {

DiskResult<std::size_t> SimulatedFile::read_at(std::uint64_t offset, std::span<char> into) {
  const std::lock_guard lock(state_->mutex);
  if (state_->dead()) return failed(EIO, "read", path_);
  if (auto taken = take_in(); !taken) return fail(taken.error());
  return node_->content.read(offset, into);
}

DiskResult<void> SimulatedFile::write_pieces(std::uint64_t offset, std::span<const std::string_view> pieces) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("write")) return failed(EIO, "write", path_);
  if (append_) offset = node_->content.size();
  std::string bytes;
  for (const std::string_view piece : pieces) bytes += piece;
  const std::uint64_t end = offset + bytes.size();
  if (!grow(end > node_->content.size() ? end : node_->content.size())) return failed(ENOSPC, "write", path_);
  record({false, offset, std::move(bytes)});
  return {};
}

DiskResult<std::uint64_t> SimulatedFile::size() {
  const std::lock_guard lock(state_->mutex);
  if (auto taken = take_in(); !taken) return fail(taken.error());
  return node_->content.size();
}

DiskResult<void> SimulatedFile::truncate(std::uint64_t size) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("truncate")) return failed(EIO, "truncate", path_);
  if (!grow(size)) return failed(ENOSPC, "truncate", path_);
  record({true, size, {}});
  return {};
}

DiskResult<void> SimulatedFile::sync() {
  const std::lock_guard lock(state_->mutex);
  if (auto taken = take_in(); !taken) return taken;
  if (!state_->boundary_passed("sync")) return failed(EIO, "fsync", path_);
  if (is_in(state_->ignored_syncs, path_)) return {};
  if (std::exchange(node_->to_tell, false)) return failed(EIO, "fsync", path_);
  if (node_->links == 0) return {};  // as btrfs has it
  const bool fails = is_in(state_->failing_sync, path_);
  if (fails) state_->failing_sync.reset();
  state_->sync_bytes(*node_, fails);
  if (fails) return failed(EIO, "fsync", path_);
  return {};
}

VolumePtr SimulatedFile::volume() {
  class SimulatedVolume final : public Volume {
   public:
    SimulatedVolume(std::shared_ptr<State> state, std::string inside) : state_(std::move(state)), inside_(std::move(inside)) {}
    DiskResult<void> sync() override {
      const std::lock_guard lock(state_->mutex);
      return state_->sync_volume(inside_);
    }

   private:
    std::shared_ptr<State> state_;
    const std::string inside_;
  };
  const std::lock_guard lock(state_->mutex);
  return state_->whole_volumes ? std::make_unique<SimulatedVolume>(state_, path_) : nullptr;
}

DiskResult<FileFacts> SimulatedFile::facts() {
  const std::lock_guard lock(state_->mutex);
  FileFacts facts = facts_of(*node_);
  if (is_in(state_->elsewhere, path_)) ++facts.device;
  return facts;
}

DiskResult<void> SimulatedFile::link_as(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("link")) return failed(EIO, "link", path);
  const NodePtr parent = state_->find_parent(path);
  if (!parent) return failed(ENOENT, "link", path);
  if (is_in(state_->elsewhere, path) != is_in(state_->elsewhere, path_)) return failed(EXDEV, "link", path);
  const std::string name = last_part(path);
  if (parent->entries.contains(name)) return failed(EEXIST, "link", path);
  state_->change({{parent, name, node_}});
  path_ = path;
  return {};
}

DiskResult<void> SimulatedFile::set_modified(WallTime time) {
  const std::lock_guard lock(state_->mutex);
  node_->modified = time;
  return {};
}

int SimulatedFile::descriptor() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->lending.empty() || path_.find(state_->lending) == std::string::npos) return -1;
  if (!node_->lent) node_->lent = std::make_unique<LentFile>(node_->content.all());
  return node_->lent->descriptor();
}

FileFacts SimulatedFile::facts_of(const Node& node) {
  FileFacts facts;
  facts.size = node.content.size();
  facts.inode = node.inode;
  facts.device = 1;
  facts.modified = node.modified;
  facts.changed = node.changed;
  facts.directory = node.directory;
  facts.regular = !node.directory;
  facts.mode = node.mode;
  facts.links = node.links;
  return facts;
}

bool SimulatedFile::grow(std::uint64_t size) {
  const std::uint64_t before = node_->content.size();
  if (size > before && size - before > state_->capacity - std::min(state_->capacity, state_->used)) return false;
  if (node_->links > 0) state_->used += size - before;  // wraps for shrinking: used is a sum of the same unsigned kind
  return true;
}

void SimulatedFile::record(PendingWrite write) {
  apply_write(node_->content, write);
  node_->modified = node_->changed = state_->now();
  node_->pending.push_back(std::move(write));
  if (node_->lent) node_->lent->replace(node_->content.all());
}

DiskResult<void> SimulatedFile::take_in() {
  if (!node_->lent) return {};
  std::string bytes = node_->lent->content();
  if (bytes == node_->content.all()) return {};
  if (!state_->boundary_passed("write")) return failed(EIO, "write", path_);
  if (!grow(bytes.size())) return failed(ENOSPC, "write", path_);
  if (bytes.size() < node_->content.size()) record({true, bytes.size(), {}});
  record({false, 0, std::move(bytes)});
  return {};
}

}  // namespace courier::simulated
