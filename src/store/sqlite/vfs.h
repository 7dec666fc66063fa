// Vfs: SQLite's view of a Disk. Used by Database::open only.
//
// What SQLite gets: files opened by absolute path, read, written, synced and truncated through `Disk`; the directory of a
// file that it made is synced with that file's first sync. The first lock takes the whole file for this connection (flock),
// later ones are free, and the last unlock gives it back. There is no shared memory and no mapping: WAL works in exclusive
// locking mode only. Temporary files are refused (temp_store=MEMORY).
// Announced of the disk: a write that is cut short damages no bytes outside of its range (POWERSAFE_OVERWRITE), as SQLite
// assumes of every Unix disk.
#pragma once

#include <memory>

#include "base/check.h"
#include "runtime/disk.h"

struct sqlite3_vfs;

namespace courier::sqlite {

// Registered with SQLite under a name of its own while it lives. `disk` outlives it, and it outlives its connection.
class Vfs {
 public:
  explicit Vfs(Disk& disk);
  ~Vfs();
  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;
  [[nodiscard]] const char* name() const { return name_.c_str(); }

 private:
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace courier::sqlite
