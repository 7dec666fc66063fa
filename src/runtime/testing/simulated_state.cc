#include "runtime/testing/simulated_state.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/text.h"

namespace courier::simulated {

void apply_write(Bytes& content, const PendingWrite& write) {
  if (write.truncate) {
    content.resize(write.offset);
  } else {
    content.write(write.offset, write.bytes);
  }
}

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

bool is_in(const std::optional<std::string>& wanted, const std::string& path) { return wanted && path.find(*wanted) != std::string::npos; }

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

WallTime State::now() {
  if (clock) return clock();
  return ticking = ticking + milliseconds(1);
}

bool State::boundary_passed(const char* call) {
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

NodePtr State::new_node(bool directory, std::uint32_t mode) {
  auto node = std::make_shared<Node>();
  node->inode = ++last_inode;
  node->directory = directory;
  node->mode = mode;
  node->modified = node->changed = now();
  return node;
}

NodePtr State::find(std::string_view path) const {
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

NodePtr State::find_parent(const std::string& path) const {
  NodePtr parent = find(parent_path(path));
  return parent && parent->directory ? parent : nullptr;
}

void State::change(MetadataOperation operation) {
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

void State::sync_names(const NodePtr& directory) {
  std::vector<MetadataOperation> rest;
  for (MetadataOperation& operation : pending) {
    const bool here = std::any_of(operation.begin(), operation.end(), [&](const NameChange& part) { return part.directory == directory; });
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

void State::sync_bytes(Node& node, bool lose) {
  if (lose) {
    node.lost |= !node.pending.empty();  // `content` shows them, `durable` will never have them
  } else if (node.lost) {
    for (const PendingWrite& write : node.pending) apply_write(node.durable, write);
  } else {
    node.durable = node.content;
  }
  node.pending.clear();
}

// The bytes below a directory, of one file system; `other`: the one that is mounted elsewhere.
void State::sync_tree(Node& node, const std::string& path, bool other, std::set<const Node*>& directories) {
  if (is_in(elsewhere, path + "/") == other) directories.insert(&node);
  for (const auto& [name, child] : node.entries) {
    const std::string where = path + "/" + name;
    if (child->directory) {
      sync_tree(*child, where, other, directories);
    } else if (is_in(elsewhere, where) == other) {
      sync_with_volume(*child, where);
    }
  }
}

void State::sync_with_volume(Node& file, const std::string& path) {
  if (is_in(ignored_syncs, path)) return;
  const bool loses = is_in(failing_volume_sync, path) && !file.pending.empty();
  sync_bytes(file, loses);
  file.to_tell |= loses;
}

DiskResult<void> State::sync_volume(const std::string& inside) {
  if (!boundary_passed("sync_volume")) return failed(EIO, "syncfs", "/");
  const bool other = is_in(elsewhere, inside);
  std::set<const Node*> directories;
  sync_tree(*root, "", other, directories);
  std::erase_if(unnamed, [&](const std::weak_ptr<Node>& one) {
    const NodePtr node = one.lock();
    if (!node || node->links > 0) return true;
    const std::string path = node->unnamed_in + "/(unnamed)";
    if (is_in(elsewhere, path) == other) sync_with_volume(*node, path);
    return false;
  });
  if (std::exchange(failing_volume_sync, std::nullopt)) return failed(EIO, "syncfs", "/");
  if (ignored_directory_syncs) return {};
  std::erase_if(pending, [&](const MetadataOperation& operation) {
    // Without another file system all are of this one, also those of directories that are gone.
    if (elsewhere && !directories.contains(operation.front().directory.get())) return false;
    for (const NameChange& part : operation) apply_durable(part);
    return true;
  });
  return {};
}

}  // namespace courier::simulated
