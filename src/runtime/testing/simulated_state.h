// What a simulated disk consists of: nodes, the changes that are not synced, and what a test set. For the .cc files of SimulatedDisk.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/testing/lent_file.h"
#include "runtime/testing/simulated_bytes.h"
#include "runtime/testing/simulated_disk.h"

namespace courier::simulated {

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
  Bytes content, durable;
  bool lost = false;  // a failed sync: `durable` will not become `content` any more
  bool to_tell = false;  // the next sync fails, because the volume's did
  std::vector<PendingWrite> pending;
  std::string unnamed_in;  // where it was made without a name
  std::unique_ptr<LentFile> lent;  // once its descriptor was asked for
  // A directory.
  std::map<std::string, NodePtr> entries, durable_entries;
};
void apply_write(Bytes& content, const PendingWrite& write);

// One name set to a node, or removed (null).
struct NameChange {
  NodePtr directory;
  std::string name;
  NodePtr node;
};
// What survives whole or not at all: one change, or the two of a rename.
using MetadataOperation = std::vector<NameChange>;
void apply_durable(const NameChange& change);

[[nodiscard]] std::unexpected<DiskError> failed(int error, const char* operation, const std::string& path);
// `wanted` is set and part of `path`.
[[nodiscard]] bool is_in(const std::optional<std::string>& wanted, const std::string& path);
// Everything behind the last slash.
[[nodiscard]] std::string last_part(const std::string& path);

struct State {
  mutable std::recursive_mutex mutex;  // the hook works on survivors and may read this disk
  NodePtr root;
  std::vector<MetadataOperation> pending;
  std::vector<std::weak_ptr<Node>> unnamed;  // and perhaps named meanwhile, or gone
  std::uint64_t last_inode = 1;
  std::uint64_t boundary = 0;
  std::uint64_t crash_number = std::numeric_limits<std::uint64_t>::max();
  bool in_hook = false;
  std::optional<std::string> ignored_syncs, ignored_directory_syncs;  // parts of paths
  std::string lending;  // empty: no file has a descriptor
  std::function<void(std::uint64_t)> hook;
  std::optional<std::string> failing_sync, failing_directory_sync, failing_volume_sync;
  bool whole_volumes = true;
  bool unnamed_files = true;
  std::optional<std::string> elsewhere;  // part of the paths that lie in another file system
  std::uint64_t capacity = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t used = 0;
  std::function<WallTime()> clock;
  WallTime ticking = wall_seconds(1'767'607'200);
  std::map<std::string, std::uint64_t> calls;

  [[nodiscard]] WallTime now();
  // Before every change: counts, lets the test look, says whether the machine still runs.
  [[nodiscard]] bool boundary_passed(const char* call);
  [[nodiscard]] bool dead() const { return boundary + 1 >= crash_number; }

  [[nodiscard]] NodePtr new_node(bool directory, std::uint32_t mode);
  // Null: not there.
  [[nodiscard]] NodePtr find(std::string_view path) const;
  [[nodiscard]] NodePtr find_parent(const std::string& path) const;

  void change(MetadataOperation operation);
  // Every operation that touches the directory becomes safe, in order; earlier changes of the same names are superseded.
  void sync_names(const NodePtr& directory);
  // What was written is safe, or with `lose` never will be.
  void sync_bytes(Node& node, bool lose);
  // All names and all bytes.
  // Of the file system that this path lies in.
  [[nodiscard]] DiskResult<void> sync_volume(const std::string& inside);

 private:
  // `directories`: those that lie in the file system.
  void sync_tree(Node& node, const std::string& path, bool other, std::set<const Node*>& directories);
  void sync_with_volume(Node& file, const std::string& path);
};

}  // namespace courier::simulated
