// SimulatedDisk: a file system in memory that keeps what was synced apart from what was not.
//
// After a crash any subset of unsynced data and metadata may survive, and a write may survive in some of its 512-byte
// sectors only. What sync() and sync_directory() said is safe always survives. A rename is atomic: it survives whole or
// not at all, and not where the one before it that gave the file its old name did not. A file's data and the directory entry that names
// it are synced separately.
//
// A test looks at crashes in one of two ways:
//  - set_boundary_hook(): called before every operation that changes something; the hook takes survivor(seed) and checks
//    what recovery makes of it, then the run goes on.
//  - crash_at(n): from the n-th such operation on everything fails with EIO, as for a process whose machine is gone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "runtime/disk.h"

namespace courier {

namespace simulated {
struct State;
}

class SimulatedDisk final : public Disk {
 public:
  SimulatedDisk();
  ~SimulatedDisk() override;

  // What is on the disk after power came back. Seed 0: nothing that was not synced; seed 1: everything; others: a random subset.
  [[nodiscard]] std::unique_ptr<SimulatedDisk> survivor(std::uint64_t seed) const;

  // Called before each change, with its number from 1. Not called again from inside itself.
  void set_boundary_hook(std::function<void(std::uint64_t number)> hook);
  [[nodiscard]] std::uint64_t boundaries() const;
  // The `number`-th change and all that follow fail with EIO.
  void crash_at(std::uint64_t number);
  [[nodiscard]] bool crashed() const;

  // The next sync() of a file whose path contains `part` fails with EIO and loses the pages it should have written:
  // reading still shows them, a later successful sync does not save them.
  void fail_next_sync(std::string part);
  // The next sync_directory() of a path that contains `part` fails with EIO; the names stay as unsafe as they were.
  void fail_next_directory_sync(std::string part);
  // The next sync of the whole volume fails with EIO and loses the pages of files whose path contains `part`, whose own next sync
  // tells it again; those of others are written. Names stay as unsafe as they were.
  void fail_next_volume_sync(std::string part);
  // Files have no volume that could be synced.
  void refuse_volume_syncs();
  // create_unnamed() fails, as on file systems that have no such files.
  void refuse_unnamed_files();
  // Paths that contain `part` lie in another file system, which only link_as() and syncs of the whole volume mind.
  void mount_elsewhere(std::string part);
  // sync(), sync_directory() or both do nothing where the path contains `part`: to prove that a test would notice.
  enum class Syncs { All, Files, Directories };
  void ignore_syncs(Syncs which = Syncs::All, std::string part = {});
  // Files whose path contains `part` have a descriptor, to pass on to another process: that of a nameless file of the machine with
  // the same bytes. What is written through it is a write to the simulated file, found out at its next read, size or sync.
  void lend_descriptors(std::string part);
  // Bytes that fit; writes beyond fail with ENOSPC, as do new names when nothing is left. Default: no limit.
  void set_capacity(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t used_bytes() const;
  // Times of files and directories; default: 1 ms more at each change, from 2026-01-05 10:00:00.
  void set_clock(std::function<WallTime()> clock);
  // Counts of calls by name ("sync", "sync_directory", "rename", ...).
  [[nodiscard]] const std::map<std::string, std::uint64_t>& calls() const;

  DiskResult<FilePtr> open(const std::string& path, OpenMode mode) override;
  DiskResult<FilePtr> create_unnamed(const std::string& directory) override;
  DiskResult<void> rename(const std::string& from, const std::string& to) override;
  DiskResult<void> rename_new(const std::string& from, const std::string& to) override;
  DiskResult<void> link(const std::string& from, const std::string& to) override;
  DiskResult<void> unlink(const std::string& path) override;
  DiskResult<void> make_directory(const std::string& path, std::uint32_t mode) override;
  DiskResult<void> remove_directory(const std::string& path) override;
  DiskResult<void> sync_directory(const std::string& path) override;
  DiskResult<std::vector<DirectoryEntry>> list(const std::string& path) override;
  DiskResult<FileFacts> facts(const std::string& path) override;
  DiskResult<SpaceFacts> space(const std::string& path) override;

 private:
  std::shared_ptr<simulated::State> state_;
};

}  // namespace courier
