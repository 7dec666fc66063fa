#include "runtime/testing/simulated_disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <mutex>
#include <random>

#include "base/check.h"
#include "base/text.h"
#include "runtime/testing/lent_file.h"

namespace courier {

namespace {

constexpr std::size_t sector = 512;

struct Node;
using NodePtr = std::shared_ptr<Node>;

// An unsynced change of a file's bytes: a write, or (with `truncate`) a new size.
struct PendingWrite {
  bool truncate = false;
  std::uint64_t offset = 0;  // or the new size
  std::string bytes;
};

struct Node {
  std::uint64_t inode = 0;
  bool directory = false;
  std::uint32_t mode = 0600;
  WallTime modified, changed;
  std::uint64_t links = 0;
  // A file: what is read now, what is safe, what lies between.
  std::string content, durable;
  std::vector<PendingWrite> pending;
  std::unique_ptr<LentFile> lent;  // once its descriptor was asked for
  // A directory.
  std::map<std::string, NodePtr> entries, durable_entries;
};

void apply_write(std::string& content, const PendingWrite& write) {
  if (write.truncate) {
    content.resize(write.offset);
    return;
  }
  if (content.size() < write.offset + write.bytes.size()) content.resize(write.offset + write.bytes.size());
  std::memcpy(content.data() + write.offset, write.bytes.data(), write.bytes.size());
}

// One name set to a node, or removed (null).
struct NameChange {
  NodePtr directory;
  std::string name;
  NodePtr node;
};
// What survives whole or not at all: one change, or the two of a rename.
using MetadataOperation = std::vector<NameChange>;

void apply_durable(const NameChange& change) {
  if (change.node) {
    change.directory->durable_entries[change.name] = change.node;
  } else {
    change.directory->durable_entries.erase(change.name);
  }
}

std::unexpected<DiskError> failed(int error, const char* operation, const std::string& path) {
  return fail(DiskError{error, operation, path});
}

}  // namespace

struct SimulatedDisk::State {
  mutable std::recursive_mutex mutex;  // the hook works on survivors and may read this disk
  NodePtr root;
  std::vector<MetadataOperation> pending;
  std::uint64_t last_inode = 1;
  std::uint64_t boundary = 0;
  std::uint64_t crash_number = std::numeric_limits<std::uint64_t>::max();
  bool in_hook = false;
  bool syncs_ignored = false;
  std::string lending;  // empty: no file has a descriptor
  std::function<void(std::uint64_t)> hook;
  std::string failing_sync;
  bool sync_fails = false;
  std::uint64_t capacity = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t used = 0;
  std::function<WallTime()> clock;
  WallTime ticking = wall_seconds(1'767'607'200);
  std::map<std::string, std::uint64_t> calls;

  WallTime now() {
    if (clock) return clock();
    return ticking = ticking + milliseconds(1);
  }

  // Before every change: counts, lets the test look, says whether the machine still runs.
  bool boundary_passed(const char* call) {
    ++calls[call];
    if (boundary + 1 >= crash_number) return false;
    ++boundary;
    if (hook && !in_hook) {
      in_hook = true;
      hook(boundary);
      in_hook = false;
    }
    return true;
  }
  [[nodiscard]] bool dead() const { return boundary + 1 >= crash_number; }

  NodePtr new_node(bool directory, std::uint32_t mode) {
    auto node = std::make_shared<Node>();
    node->inode = ++last_inode;
    node->directory = directory;
    node->mode = mode;
    node->modified = node->changed = now();
    return node;
  }

  NodePtr find(std::string_view path) const {
    NodePtr node = root;
    for (const std::string_view part : split(path, '/')) {
      if (part.empty()) continue;
      if (!node->directory) return nullptr;
      const auto place = node->entries.find(std::string(part));
      if (place == node->entries.end()) return nullptr;
      node = place->second;
    }
    return node;
  }
  NodePtr find_parent(const std::string& path) const {
    NodePtr parent = find(parent_path(path));
    return parent && parent->directory ? parent : nullptr;
  }
  static std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  void change(MetadataOperation operation) {
    for (const NameChange& part : operation) {
      auto& entries = part.directory->entries;
      const auto place = entries.find(part.name);
      if (place != entries.end()) {
        --place->second->links;
        if (place->second->links == 0) used -= place->second->content.size();
        entries.erase(place);
      }
      if (part.node) {
        if (part.node->links == 0) used += part.node->content.size();
        entries[part.name] = part.node;
        ++part.node->links;
        part.node->changed = now();
      }
      part.directory->modified = part.directory->changed = now();
    }
    pending.push_back(std::move(operation));
  }

  // Every operation that touches the directory becomes safe, in order; earlier changes of the same names are superseded.
  void sync_names(const NodePtr& directory) {
    std::vector<MetadataOperation> rest;
    for (MetadataOperation& operation : pending) {
      const bool here =
          std::any_of(operation.begin(), operation.end(), [&](const NameChange& part) { return part.directory == directory; });
      if (!here) {
        rest.push_back(std::move(operation));
        continue;
      }
      for (const NameChange& part : operation) {
        for (MetadataOperation& earlier : rest) {
          std::erase_if(earlier, [&](const NameChange& old) { return old.directory == part.directory && old.name == part.name; });
        }
        apply_durable(part);
      }
    }
    std::erase_if(rest, [](const MetadataOperation& operation) { return operation.empty(); });
    pending = std::move(rest);
  }
};

// --- files ---

class SimulatedFile final : public File {
 public:
  SimulatedFile(std::shared_ptr<SimulatedDisk::State> state, NodePtr node, std::string path, bool append)
      : state_(std::move(state)), node_(std::move(node)), path_(std::move(path)), append_(append) {}

  DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    const std::lock_guard lock(state_->mutex);
    if (state_->dead()) return failed(EIO, "read", path_);
    if (auto taken = take_in(); !taken) return fail(taken.error());
    if (offset >= node_->content.size()) return std::size_t{0};
    const std::size_t n = std::min<std::size_t>(into.size(), node_->content.size() - offset);
    std::memcpy(into.data(), node_->content.data() + offset, n);
    return n;
  }
  DiskResult<void> write_at(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(state_->mutex);
    if (!state_->boundary_passed("write")) return failed(EIO, "write", path_);
    if (append_) offset = node_->content.size();
    const std::uint64_t end = offset + bytes.size();
    if (!grow(end > node_->content.size() ? end : node_->content.size())) return failed(ENOSPC, "write", path_);
    record({false, offset, std::string(bytes)});
    return {};
  }
  DiskResult<std::uint64_t> size() override {
    const std::lock_guard lock(state_->mutex);
    if (auto taken = take_in(); !taken) return fail(taken.error());
    return node_->content.size();
  }
  DiskResult<void> truncate(std::uint64_t size) override {
    const std::lock_guard lock(state_->mutex);
    if (!state_->boundary_passed("truncate")) return failed(EIO, "truncate", path_);
    if (!grow(size)) return failed(ENOSPC, "truncate", path_);
    record({true, size, {}});
    return {};
  }
  DiskResult<void> sync() override {
    const std::lock_guard lock(state_->mutex);
    if (auto taken = take_in(); !taken) return taken;
    if (!state_->boundary_passed("sync")) return failed(EIO, "fsync", path_);
    if (state_->syncs_ignored) return {};
    if (state_->sync_fails && path_.find(state_->failing_sync) != std::string::npos) {
      state_->sync_fails = false;
      node_->pending.clear();  // lost: `content` shows them, `durable` will never have them
      return failed(EIO, "fsync", path_);
    }
    for (const PendingWrite& write : node_->pending) apply_write(node_->durable, write);
    node_->pending.clear();
    return {};
  }
  DiskResult<FileFacts> facts() override {
    const std::lock_guard lock(state_->mutex);
    return facts_of(*node_);
  }
  DiskResult<void> link_as(const std::string& path) override {
    const std::lock_guard lock(state_->mutex);
    if (!state_->boundary_passed("link")) return failed(EIO, "link", path);
    const NodePtr parent = state_->find_parent(path);
    if (!parent) return failed(ENOENT, "link", path);
    const std::string name = SimulatedDisk::State::last_part(path);
    if (parent->entries.contains(name)) return failed(EEXIST, "link", path);
    state_->change({{parent, name, node_}});
    path_ = path;
    return {};
  }
  DiskResult<void> set_modified(WallTime time) override {
    const std::lock_guard lock(state_->mutex);
    node_->modified = time;
    return {};
  }
  DiskResult<void> close() override { return {}; }
  int descriptor() const override {
    const std::lock_guard lock(state_->mutex);
    if (state_->lending.empty() || path_.find(state_->lending) == std::string::npos) return -1;
    if (!node_->lent) node_->lent = std::make_unique<LentFile>(node_->content);
    return node_->lent->descriptor();
  }

  static FileFacts facts_of(const Node& node) {
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

 private:
  bool grow(std::uint64_t size) {
    const std::uint64_t before = node_->content.size();
    if (size > before && size - before > state_->capacity - std::min(state_->capacity, state_->used)) return false;
    if (node_->links > 0) state_->used += size - before;  // wraps for shrinking: used is a sum of the same unsigned kind
    return true;
  }
  void record(PendingWrite write) {
    apply_write(node_->content, write);
    node_->modified = node_->changed = state_->now();
    node_->pending.push_back(std::move(write));
    if (node_->lent) node_->lent->replace(node_->content);
  }
  // What was written through a lent descriptor is a write like any other.
  DiskResult<void> take_in() {
    if (!node_->lent) return {};
    std::string bytes = node_->lent->content();
    if (bytes == node_->content) return {};
    if (!state_->boundary_passed("write")) return failed(EIO, "write", path_);
    if (!grow(bytes.size())) return failed(ENOSPC, "write", path_);
    if (bytes.size() < node_->content.size()) record({true, bytes.size(), {}});
    record({false, 0, std::move(bytes)});
    return {};
  }

  std::shared_ptr<SimulatedDisk::State> state_;
  NodePtr node_;
  std::string path_;
  bool append_;
};

// --- crashes ---

namespace {

// What a crash leaves, as the seed decides.
class Survival {
 public:
  explicit Survival(std::uint64_t seed) : seed_(seed), random_(seed) {}
  bool keeps() { return seed_ == 1 || (seed_ != 0 && (random_() & 1)); }

  void keep_writes(const Node& from, std::string& into) {
    into = from.durable;
    for (const PendingWrite& write : from.pending) keep_write(write, into);
  }

 private:
  void keep_write(const PendingWrite& write, std::string& into) {
    if (seed_ == 0) return;
    if (seed_ == 1 || write.truncate || write.bytes.size() <= sector || random_() % 3 != 0) {
      if (keeps()) apply_write(into, write);
      return;
    }
    // Torn: sector by sector.
    std::uint64_t at = write.offset;
    const std::uint64_t end = write.offset + write.bytes.size();
    while (at < end) {
      const std::uint64_t next = std::min(end, (at / sector + 1) * sector);
      if (keeps()) apply_write(into, {false, at, write.bytes.substr(at - write.offset, next - at)});
      at = next;
    }
  }
  std::uint64_t seed_;
  std::mt19937_64 random_;
};

// Copies the tree that the durable names reach.
struct Copier {
  Survival& survival;
  std::map<const Node*, NodePtr> copies;
  std::uint64_t used = 0;

  NodePtr copy(const NodePtr& from) {
    NodePtr& made = copies[from.get()];
    if (made) return made;
    made = std::make_shared<Node>();
    const NodePtr node = made;  // the map may move while children are added
    node->inode = from->inode;
    node->directory = from->directory;
    node->mode = from->mode;
    node->modified = from->modified;
    node->changed = from->changed;
    if (!from->directory) {
      survival.keep_writes(*from, node->durable);
      node->content = node->durable;
      used += node->content.size();
    }
    for (const auto& [name, child] : from->durable_entries) {
      const NodePtr twin = copy(child);
      node->durable_entries[name] = node->entries[name] = twin;
      ++twin->links;
    }
    return node;
  }
};

}  // namespace

SimulatedDisk::SimulatedDisk() : state_(std::make_shared<State>()) {
  state_->root = std::make_shared<Node>();
  state_->root->directory = true;
  state_->root->inode = 1;
  state_->root->mode = 0755;
}
SimulatedDisk::~SimulatedDisk() = default;

std::unique_ptr<SimulatedDisk> SimulatedDisk::survivor(std::uint64_t seed) const {
  const std::lock_guard lock(state_->mutex);
  Survival survival(seed);
  // Names that survive are put into the durable directories for the time of the copy.
  std::map<NodePtr, std::map<std::string, NodePtr>> saved;
  for (const MetadataOperation& operation : state_->pending) {
    if (!survival.keeps()) continue;
    for (const NameChange& part : operation) {
      saved.try_emplace(part.directory, part.directory->durable_entries);
      apply_durable(part);
    }
  }
  Copier copier{survival, {}, 0};
  auto disk = std::make_unique<SimulatedDisk>();
  disk->state_->root = copier.copy(state_->root);
  disk->state_->used = copier.used;
  disk->state_->last_inode = state_->last_inode;
  disk->state_->ticking = state_->ticking;
  disk->state_->clock = state_->clock;
  disk->state_->capacity = state_->capacity;
  disk->state_->lending = state_->lending;
  for (auto& [directory, entries] : saved) directory->durable_entries = std::move(entries);
  return disk;
}

// --- settings of a test ---

void SimulatedDisk::set_boundary_hook(std::function<void(std::uint64_t)> hook) { state_->hook = std::move(hook); }
std::uint64_t SimulatedDisk::boundaries() const { return state_->boundary; }
void SimulatedDisk::crash_at(std::uint64_t number) { state_->crash_number = number; }
bool SimulatedDisk::crashed() const { return state_->dead(); }
void SimulatedDisk::fail_next_sync(std::string part) {
  state_->failing_sync = std::move(part);
  state_->sync_fails = true;
}
void SimulatedDisk::lend_descriptors(std::string part) { state_->lending = std::move(part); }
void SimulatedDisk::ignore_syncs() { state_->syncs_ignored = true; }
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
  const std::string name = State::last_part(path);
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
  return std::make_unique<SimulatedFile>(state_, state_->new_node(false, 0600), directory + "/(unnamed)", false);
}

DiskResult<void> SimulatedDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("rename")) return failed(EIO, "rename", from);
  const NodePtr node = state_->find(from);
  const NodePtr source = state_->find_parent(from);
  const NodePtr target = state_->find_parent(to);
  if (!node || !source || !target) return failed(ENOENT, "rename", from);
  const std::string name = State::last_part(to);
  if (source == target && State::last_part(from) == name) return {};
  const auto taken = target->entries.find(name);
  if (taken != target->entries.end()) {
    if (taken->second == node) return {};  // two names of one file: POSIX does nothing
    if (taken->second->directory && !taken->second->entries.empty()) return failed(ENOTEMPTY, "rename", from);
    if (taken->second->directory != node->directory) return failed(node->directory ? ENOTDIR : EISDIR, "rename", from);
  }
  state_->change({{source, State::last_part(from), nullptr}, {target, name, node}});
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
  if (target->entries.contains(State::last_part(to))) return failed(EEXIST, "link", to);
  state_->change({{target, State::last_part(to), node}});
  return {};
}

DiskResult<void> SimulatedDisk::unlink(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("unlink")) return failed(EIO, "unlink", path);
  const NodePtr node = state_->find(path);
  if (!node) return failed(ENOENT, "unlink", path);
  if (node->directory) return failed(EISDIR, "unlink", path);
  state_->change({{state_->find_parent(path), State::last_part(path), nullptr}});
  return {};
}

DiskResult<void> SimulatedDisk::make_directory(const std::string& path, std::uint32_t mode) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("mkdir")) return failed(EIO, "mkdir", path);
  const NodePtr parent = state_->find_parent(path);
  if (!parent) return failed(ENOENT, "mkdir", path);
  if (parent->entries.contains(State::last_part(path))) return failed(EEXIST, "mkdir", path);
  if (state_->used >= state_->capacity) return failed(ENOSPC, "mkdir", path);
  state_->change({{parent, State::last_part(path), state_->new_node(true, mode)}});
  return {};
}

DiskResult<void> SimulatedDisk::remove_directory(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("rmdir")) return failed(EIO, "rmdir", path);
  const NodePtr node = state_->find(path);
  if (!node) return failed(ENOENT, "rmdir", path);
  if (!node->directory) return failed(ENOTDIR, "rmdir", path);
  if (!node->entries.empty()) return failed(ENOTEMPTY, "rmdir", path);
  state_->change({{state_->find_parent(path), State::last_part(path), nullptr}});
  return {};
}

DiskResult<void> SimulatedDisk::sync_directory(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->boundary_passed("sync_directory")) return failed(EIO, "fsync", path);
  const NodePtr node = state_->find(path);
  if (!node || !node->directory) return failed(ENOENT, "fsync", path);
  if (!state_->syncs_ignored) state_->sync_names(node);
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
