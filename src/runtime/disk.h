// Disk: every file operation of the store goes through it. RealDisk is the machine's; SimulatedDisk
// (runtime/testing/simulated_disk.h) keeps what was synced apart from what was not and can crash at any write boundary.
//
// All calls block: they are made on the pool or the writer thread, never on a loop. A Disk may be used by several threads;
// one File by one thread at a time. Paths are absolute. The last component of a path is never followed when it is a
// symbolic link.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "base/time.h"

namespace courier {

struct DiskError {
  int os_error = 0;                // errno
  const char* operation = "";      // "open", "fsync", ...
  std::string path;
};
// "fsync /var/spool/...: Input/output error"
[[nodiscard]] std::string to_string(const DiskError& error);

template <class T>
using DiskResult = Result<T, DiskError>;

enum class OpenMode {
  Read,         // must exist
  ReadWrite,    // must exist
  Create,       // read and write; made when missing (mode 0600)
  CreateNew,    // read and write; EEXIST when there
  Append,       // write at the end; made when missing
};

struct FileFacts {
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  WallTime modified;
  WallTime changed;  // ctime
  bool directory = false;
  bool regular = false;
  bool symlink = false;
  std::uint32_t mode = 0;  // permission bits
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t links = 0;
};

struct DirectoryEntry {
  std::string name;
  std::uint64_t inode = 0;
  bool directory = false;  // as the directory says it; false when unknown
};

struct SpaceFacts {
  std::uint64_t free_bytes = 0;   // for unprivileged users
  std::uint64_t total_bytes = 0;
  std::uint64_t free_inodes = 0;
  bool network = false;           // NFS, CIFS, ... : no place for a queue
};

// A file system as a whole. Any thread; independent of the file it was asked from.
class Volume {
 public:
  virtual ~Volume() = default;
  // All that was written, made and renamed there before the call is on stable storage when it returns: what others wrote, too, so that
  // it takes as long as they have made it. After an error, sync() of a file that was open before tells whether it was that file's.
  [[nodiscard]] virtual DiskResult<void> sync() = 0;
};
using VolumePtr = std::unique_ptr<Volume>;

class File {
 public:
  virtual ~File() = default;
  // Up to into.size() bytes at `offset`; 0 at or after the end.
  [[nodiscard]] virtual DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into) = 0;
  // All of `pieces`, one behind the other, or an error (then any part may have been written). For Append the offset is ignored.
  [[nodiscard]] virtual DiskResult<void> write_pieces(std::uint64_t offset, std::span<const std::string_view> pieces) = 0;
  [[nodiscard]] DiskResult<void> write_at(std::uint64_t offset, std::string_view bytes) { return write_pieces(offset, {&bytes, 1}); }
  [[nodiscard]] virtual DiskResult<std::uint64_t> size() = 0;
  [[nodiscard]] virtual DiskResult<void> truncate(std::uint64_t size) = 0;
  // Data and size are on stable storage when it returns. After an error nothing may be assumed of what was written
  // since the last success: write it again to another file.
  [[nodiscard]] virtual DiskResult<void> sync() = 0;
  // The file system it lies in; null where that cannot be synced as a whole, or would hide errors.
  [[nodiscard]] virtual VolumePtr volume() = 0;
  [[nodiscard]] virtual DiskResult<FileFacts> facts() = 0;
  // Gives a file from Disk::create_unnamed() its name; EEXIST when taken.
  [[nodiscard]] virtual DiskResult<void> link_as(const std::string& path) = 0;
  [[nodiscard]] virtual DiskResult<void> set_modified(WallTime time) = 0;
  // Closes and reports what close() said. The destructor closes silently.
  [[nodiscard]] virtual DiskResult<void> close() = 0;
  // The descriptor underneath, still owned by the file; -1 on a simulated disk, unless it lends one.
  [[nodiscard]] virtual int descriptor() const = 0;
};
using FilePtr = std::unique_ptr<File>;

// A directory that was found once, to read many of its files without a walk down its path for each. One thread at a time.
class Directory {
 public:
  virtual ~Directory() = default;
  // The first bytes of a file, at most into.size(); fewer only when it has no more. When it has `expected` bytes that is one call of the
  // system less. `facts`, unless null, are filled in. As with Disk::open(), a symbolic link is not followed.
  [[nodiscard]] virtual DiskResult<std::size_t> read(const std::string& name, std::span<char> into, std::uint64_t expected,
                                                     FileFacts* facts) = 0;
};
using DirectoryPtr = std::unique_ptr<Directory>;

class Disk {
 public:
  virtual ~Disk() = default;
  [[nodiscard]] virtual DiskResult<FilePtr> open(const std::string& path, OpenMode mode) = 0;
  // A file without a name in that directory's file system, of which a crash leaves nothing (O_TMPFILE). Fails where there is no such
  // thing. Some file systems (btrfs) keep what sync() says of it only when it has its name, or when they are synced as a whole.
  [[nodiscard]] virtual DiskResult<FilePtr> create_unnamed(const std::string& directory) = 0;
  // Replaces the target when there is one.
  [[nodiscard]] virtual DiskResult<void> rename(const std::string& from, const std::string& to) = 0;
  // Fails with EEXIST when the target is there (renameat2 RENAME_NOREPLACE, or link and unlink).
  [[nodiscard]] virtual DiskResult<void> rename_new(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual DiskResult<void> link(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual DiskResult<void> unlink(const std::string& path) = 0;
  [[nodiscard]] virtual DiskResult<void> make_directory(const std::string& path, std::uint32_t mode = 0700) = 0;
  [[nodiscard]] virtual DiskResult<void> remove_directory(const std::string& path) = 0;
  // Names in that directory are on stable storage when it returns.
  [[nodiscard]] virtual DiskResult<void> sync_directory(const std::string& path) = 0;
  // Without "." and "..", in no order.
  [[nodiscard]] virtual DiskResult<std::vector<DirectoryEntry>> list(const std::string& path) = 0;
  [[nodiscard]] virtual DiskResult<FileFacts> facts(const std::string& path) = 0;
  [[nodiscard]] virtual DiskResult<SpaceFacts> space(const std::string& path) = 0;
  // Unless a disk has its own, one that goes down the path each time.
  [[nodiscard]] virtual DiskResult<DirectoryPtr> open_directory(const std::string& path);
};

// The machine's file system.
[[nodiscard]] Disk& real_disk();
// A file on a descriptor that came from elsewhere (a channel); `name` stands in errors.
[[nodiscard]] FilePtr file_on(Descriptor descriptor, std::string name);

// --- written once on the calls above ---

// The whole file; EFBIG when it is longer than `limit`.
[[nodiscard]] DiskResult<std::string> read_file(Disk& disk, const std::string& path, std::uint64_t limit = 1u << 30);
// Writes `path`.tmp.<unique>, syncs it, renames it over `path`, syncs the directory: after a crash the old or the new content.
[[nodiscard]] DiskResult<void> replace_file(Disk& disk, const std::string& path, std::string_view content);
// mkdir -p; syncs the parents of what it made.
[[nodiscard]] DiskResult<void> make_directories(Disk& disk, const std::string& path, std::uint32_t mode = 0700);
// rm -r; what is missing is no error.
[[nodiscard]] DiskResult<void> remove_tree(Disk& disk, const std::string& path);
[[nodiscard]] bool exists(Disk& disk, const std::string& path);
// Everything before the last slash.
[[nodiscard]] std::string parent_path(const std::string& path);

}  // namespace courier
