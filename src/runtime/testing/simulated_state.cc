#include "runtime/testing/simulated_state.h"

#include <algorithm>

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

}  // namespace courier::simulated
