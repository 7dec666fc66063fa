// SimulatedDisk::survivor().
#include <algorithm>
#include <random>

#include "runtime/testing/simulated_state.h"

namespace courier {

using namespace simulated;

namespace {

constexpr std::size_t sector = 512;

// What a crash leaves, as the seed decides.
class Survival {
 public:
  explicit Survival(std::uint64_t seed) : seed_(seed), random_(seed) {}
  bool keeps() { return seed_ == 1 || (seed_ != 0 && (random_() & 1)); }

  void keep_writes(const Node& from, Bytes& into) {
    into = from.durable;
    for (const PendingWrite& write : from.pending) keep_write(write, into);
  }

 private:
  void keep_write(const PendingWrite& write, Bytes& into) {
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

// A rename takes place only where the file has its old name: of a chain of renames the later ones need the earlier ones.
bool is_possible(const MetadataOperation& operation) {
  if (operation.size() < 2) return true;
  const NameChange& source = operation.front();
  const auto place = source.directory->durable_entries.find(source.name);
  return place != source.directory->durable_entries.end() && place->second == operation.back().node;
}

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

std::unique_ptr<SimulatedDisk> SimulatedDisk::survivor(std::uint64_t seed) const {
  const std::lock_guard lock(state_->mutex);
  Survival survival(seed);
  // Names that survive are put into the durable directories for the time of the copy.
  std::map<NodePtr, std::map<std::string, NodePtr>> saved;
  for (const MetadataOperation& operation : state_->pending) {
    if (!survival.keeps() || !is_possible(operation)) continue;
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

}  // namespace courier
