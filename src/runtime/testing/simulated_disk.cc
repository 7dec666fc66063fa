#include "runtime/testing/simulated_disk.h"

#include <algorithm>
#include <cerrno>

#include "runtime/testing/simulated_file.h"

namespace courier {

using namespace simulated;

SimulatedDisk::SimulatedDisk() : state_(std::make_shared<State>()) {
  state_->root = std::make_shared<Node>();
  state_->root->directory = true;
  state_->root->inode = 1;
  state_->root->mode = 0755;
}
SimulatedDisk::~SimulatedDisk() = default;

// --- settings of a test ---

void SimulatedDisk::set_boundary_hook(std::function<void(std::uint64_t)> hook) { state_->hook = std::move(hook); }
std::uint64_t SimulatedDisk::boundaries() const { return state_->boundary; }
void SimulatedDisk::crash_at(std::uint64_t number) { state_->crash_number = number; }
bool SimulatedDisk::crashed() const { return state_->dead(); }
void SimulatedDisk::fail_next_sync(std::string part) { state_->failing_sync = std::move(part); }
void SimulatedDisk::fail_next_directory_sync(std::string part) { state_->failing_directory_sync = std::move(part); }
void SimulatedDisk::fail_next_volume_sync(std::string part) { state_->failing_volume_sync = std::move(part); }
void SimulatedDisk::refuse_volume_syncs() { state_->whole_volumes = false; }
void SimulatedDisk::refuse_unnamed_files() { state_->unnamed_files = false; }
void SimulatedDisk::mount_elsewhere(std::string part) { state_->elsewhere = std::move(part); }
void SimulatedDisk::lend_descriptors(std::string part) { state_->lending = std::move(part); }
void SimulatedDisk::ignore_syncs(Syncs which, std::string part) {
  if (which != Syncs::Directories) state_->ignored_syncs = part;
  if (which != Syncs::Files) state_->ignored_directory_syncs = part;
}
void SimulatedDisk::set_capacity(std::uint64_t bytes) { state_->capacity = bytes; }
std::uint64_t SimulatedDisk::used_bytes() const { return state_->used; }
void SimulatedDisk::set_clock(std::function<WallTime()> clock) { state_->clock = std::move(clock); }
const std::map<std::string, std::uint64_t>& SimulatedDisk::calls() const { return state_->calls; }

// --- names ---

DiskResult<FilePtr> SimulatedDisk::open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(state_->mutex);
  if (state_->dead()) return failed(EIO, "open", path);
  const NodePtr parent = state_->find_parent(path);
  if (!parent) return failed(ENOENT, "open", path);
  const std::string name = last_part(path);
  const auto place = parent->entries.find(name);
  const bool may_create = mode == OpenMode::Create || mode == OpenMode::CreateNew || mode == OpenMode::Append;
  if (place != parent->entries.end()) {
    if (mode == OpenMode::CreateNew) return failed(EEXIST, "open", path);
    if (place->second->directory) return failed(EISDIR, "open", path);
    return std::make_unique<SimulatedFile>(state_, place->second, path, mode == OpenMode::Append);
  }
  if (!may_create) return failed(ENOENT, "open", path);
  if (!state_->boundary_passed("create")) return failed(EIO, "open", path);
  if (state_->used >= state_->capacity) return failed(ENOSPC, "open", path);
  const NodePtr node = state_->new_node(false, 0600);
  state_->change({{parent, name, node}});
  return std::make_unique<SimulatedFile>(state_, node, path, mode == OpenMode::Append);
}

DiskResult<FilePtr> SimulatedDisk::create_unnamed(const std::string& directory) {
  const std::lock_guard lock(state_->mutex);
  if (state_->dead()) return failed(EIO, "make a file in", directory);
  const NodePtr parent = state_->find(directory);
  if (!parent || !parent->directory) return failed(ENOENT, "make a file in", directory);
  if (!state_->unnamed_files) return failed(EOPNOTSUPP, "make a file in", directory);
  if (!state_->boundary_passed("create_unnamed")) return failed(EIO, "make a file in", directory);
  if (state_->used >= state_->capacity) return failed(ENOSPC, "make a file in", directory);
  const NodePtr node = state_->new_node(false, 0600);
  node->unnamed_in = directory;
  state_->unnamed.push_back(node);
  return std::make_unique<SimulatedFile>(state_, node, directory + "/(unnamed)", false);
}

DiskResult<void> SimulatedDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("rename")) return failed(EIO, "rename", from);
  const NodePtr node = state_->find(from);
  const NodePtr source = state_->find_parent(from);
  const NodePtr target = state_->find_parent(to);
  if (!node || !source || !target) return failed(ENOENT, "rename", from);
  const std::string name = last_part(to);
  if (source == target && last_part(from) == name) return {};
  const auto taken = target->entries.find(name);
  if (taken != target->entries.end()) {
    if (taken->second == node) return {};  // two names of one file: POSIX does nothing
    if (taken->second->directory && !taken->second->entries.empty()) return failed(ENOTEMPTY, "rename", from);
    if (taken->second->directory != node->directory) return failed(node->directory ? ENOTDIR : EISDIR, "rename", from);
  }
  state_->change({{source, last_part(from), nullptr}, {target, name, node}});
  return {};
}

DiskResult<void> SimulatedDisk::rename_new(const std::string& from, const std::string& to) {
  const std::lock_guard lock(state_->mutex);
  if (state_->find(to)) return failed(EEXIST, "rename", from);
  return rename(from, to);
}

DiskResult<void> SimulatedDisk::link(const std::string& from, const std::string& to) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("link")) return failed(EIO, "link", to);
  const NodePtr node = state_->find(from);
  const NodePtr target = state_->find_parent(to);
  if (!node || !target) return failed(ENOENT, "link", to);
  if (node->directory) return failed(EPERM, "link", to);
  if (target->entries.contains(last_part(to))) return failed(EEXIST, "link", to);
  state_->change({{target, last_part(to), node}});
  return {};
}

DiskResult<void> SimulatedDisk::unlink(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("unlink")) return failed(EIO, "unlink", path);
  const NodePtr node = state_->find(path);
  if (!node) return failed(ENOENT, "unlink", path);
  if (node->directory) return failed(EISDIR, "unlink", path);
  state_->change({{state_->find_parent(path), last_part(path), nullptr}});
  return {};
}

DiskResult<void> SimulatedDisk::make_directory(const std::string& path, std::uint32_t mode) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("mkdir")) return failed(EIO, "mkdir", path);
  const NodePtr parent = state_->find_parent(path);
  if (!parent) return failed(ENOENT, "mkdir", path);
  if (parent->entries.contains(last_part(path))) return failed(EEXIST, "mkdir", path);
  if (state_->used >= state_->capacity) return failed(ENOSPC, "mkdir", path);
  state_->change({{parent, last_part(path), state_->new_node(true, mode)}});
  return {};
}

DiskResult<void> SimulatedDisk::remove_directory(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("rmdir")) return failed(EIO, "rmdir", path);
  const NodePtr node = state_->find(path);
  if (!node) return failed(ENOENT, "rmdir", path);
  if (!node->directory) return failed(ENOTDIR, "rmdir", path);
  if (!node->entries.empty()) return failed(ENOTEMPTY, "rmdir", path);
  state_->change({{state_->find_parent(path), last_part(path), nullptr}});
  return {};
}

DiskResult<void> SimulatedDisk::sync_directory(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("sync_directory")) return failed(EIO, "fsync", path);
  const NodePtr node = state_->find(path);
  if (!node || !node->directory) return failed(ENOENT, "fsync", path);
  if (is_in(state_->ignored_directory_syncs, path)) return {};
  if (is_in(state_->failing_directory_sync, path)) {
    state_->failing_directory_sync.reset();
    return failed(EIO, "fsync", path);
  }
  state_->sync_names(node);
  return {};
}

DiskResult<std::vector<DirectoryEntry>> SimulatedDisk::list(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  if (state_->dead()) return failed(EIO, "list", path);
  const NodePtr node = state_->find(path);
  if (!node) return failed(ENOENT, "open", path);
  if (!node->directory) return failed(ENOTDIR, "open", path);
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, child] : node->entries) entries.push_back({name, child->inode, child->directory});
  return entries;
}

DiskResult<FileFacts> SimulatedDisk::facts(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  if (state_->dead()) return failed(EIO, "stat", path);
  const NodePtr node = state_->find(path);
  if (!node) return failed(ENOENT, "stat", path);
  return SimulatedFile::facts_of(*node);
}

DiskResult<SpaceFacts> SimulatedDisk::space(const std::string&) {
  const std::lock_guard lock(state_->mutex);
  const std::uint64_t total = std::min<std::uint64_t>(state_->capacity, 1ull << 50);
  return SpaceFacts{total - std::min(total, state_->used), total, 1'000'000, false};
}

}  // namespace courier
