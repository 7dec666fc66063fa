#include "store/sqlite/vfs.h"

#include <sqlite3.h>
#include <sys/file.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>

namespace courier::sqlite {
namespace {

// What an open file of SQLite's is here. `base` comes first: SQLite knows nothing of the rest and allocates raw memory.
struct VfsFile {
  sqlite3_file base;
  Disk* disk;
  FilePtr file;
  std::string path;
  int lock = SQLITE_LOCK_NONE;
  bool directory_synced = true;
  // Writes that follow one another, until there is enough for one of the machine's, or somebody needs them there. SQLite writes the
  // pages of a commit to the log one after another, and their headers apart.
  std::string held = {};
  std::uint64_t held_at = 0;
};
constexpr std::size_t kMostHeld = 256 * 1024;
VfsFile& self(sqlite3_file* file) { return *reinterpret_cast<VfsFile*>(file); }
Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

bool no_space(const DiskError& error) { return error.os_error == ENOSPC || error.os_error == EDQUOT; }

// After an error what was held is gone, as after a write that failed.
DiskResult<void> write_held(VfsFile& me) {
  if (me.held.empty()) return {};
  auto written = me.file->write_at(me.held_at, me.held);
  me.held.clear();
  return written;
}
int write_code(const DiskResult<void>& written) {
  if (written) return SQLITE_OK;
  return no_space(written.error()) ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int close_file(sqlite3_file* file) {
  VfsFile& me = self(file);
  const bool written = write_held(me).has_value();
  const bool good = me.file->close().has_value() && written;
  me.~VfsFile();
  return good ? SQLITE_OK : SQLITE_IOERR_CLOSE;
}

int read_file_at(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
  const auto wanted = static_cast<std::size_t>(count);
  if (!write_held(self(file))) return SQLITE_IOERR_READ;
  char* bytes = static_cast<char*>(into);
  std::size_t have = 0;
  while (have < wanted) {
    auto got = self(file).file->read_at(static_cast<std::uint64_t>(offset) + have, {bytes + have, wanted - have});
    if (!got) return SQLITE_IOERR_READ;
    if (*got == 0) {
      // SQLite relies on zeros where the file ends.
      std::memset(bytes + have, 0, wanted - have);
      return SQLITE_IOERR_SHORT_READ;
    }
    have += *got;
  }
  return SQLITE_OK;
}

int write_file_at(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  VfsFile& me = self(file);
  const auto at = static_cast<std::uint64_t>(offset);
  if (at != me.held_at + me.held.size() || me.held.size() >= kMostHeld) {
    if (const auto written = write_held(me); !written) return write_code(written);
  }
  if (me.held.empty()) me.held_at = at;
  me.held.append(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (const auto written = write_held(self(file)); !written) return write_code(written);
  return self(file).file->truncate(static_cast<std::uint64_t>(size)) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int sync_file(sqlite3_file* file, int) {
  VfsFile& me = self(file);
  if (const auto written = write_held(me); !written) return write_code(written);
  if (const auto synced = me.file->sync(); !synced) {
    return no_space(synced.error()) ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
  }
  if (!me.directory_synced) {
    if (!me.disk->sync_directory(parent_path(me.path))) return SQLITE_IOERR_DIR_FSYNC;
    me.directory_synced = true;
  }
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (!write_held(self(file))) return SQLITE_IOERR_FSTAT;
  const auto bytes = self(file).file->size();
  if (!bytes) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(*bytes);
  return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level) {
  VfsFile& me = self(file);
  if (me.lock == SQLITE_LOCK_NONE && me.file->descriptor() >= 0 && flock(me.file->descriptor(), LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? SQLITE_BUSY : SQLITE_IOERR_LOCK;
  }
  if (level > me.lock) me.lock = level;
  return SQLITE_OK;
}

int unlock_file(sqlite3_file* file, int level) {
  VfsFile& me = self(file);
  if (level == SQLITE_LOCK_NONE && me.lock != SQLITE_LOCK_NONE && me.file->descriptor() >= 0) {
    flock(me.file->descriptor(), LOCK_UN);
  }
  if (level < me.lock) me.lock = level;
  return SQLITE_OK;
}

// Nobody else can hold a RESERVED lock: whoever has any lock has the whole file.
int check_reserved_lock(sqlite3_file*, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// Version 1: no shared memory, no mapping.
const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file_at,
    .xWrite = write_file_at,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;  // SQLite calls xClose exactly when this is set
  if (path == nullptr || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0) return SQLITE_CANTOPEN;
  Disk& disk = disk_of(vfs);
  const bool writes = (flags & SQLITE_OPEN_READWRITE) != 0;
  auto opened = disk.open(path, writes ? OpenMode::ReadWrite : OpenMode::Read);
  bool created = false;
  if (!opened && opened.error().os_error == ENOENT && (flags & SQLITE_OPEN_CREATE) != 0) {
    opened = disk.open(path, (flags & SQLITE_OPEN_EXCLUSIVE) != 0 ? OpenMode::CreateNew : OpenMode::Create);
    created = true;
  }
  if (!opened) return no_space(opened.error()) ? SQLITE_FULL : SQLITE_CANTOPEN;
  new (file) VfsFile{.base = {.pMethods = &methods}, .disk = &disk, .file = std::move(*opened), .path = path};
  self(file).directory_synced = !created;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  Disk& disk = disk_of(vfs);
  if (const auto gone = disk.unlink(path); !gone) {
    return gone.error().os_error == ENOENT ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
  }
  if (sync_directory != 0 && !disk.sync_directory(parent_path(path))) return SQLITE_IOERR_DIR_FSYNC;
  return SQLITE_OK;
}

int access_file(sqlite3_vfs* vfs, const char* path, int question, int* answer) {
  const auto facts = disk_of(vfs).facts(path);
  if (!facts && facts.error().os_error != ENOENT) return SQLITE_IOERR_ACCESS;
  // As SQLite's own: an empty file does not "exist", so that an empty journal is no journal.
  *answer = facts && (question != SQLITE_ACCESS_EXISTS || facts->size > 0) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int capacity, char* out) {
  const std::size_t length = std::strlen(path);
  if (path[0] != '/' || length + 1 > static_cast<std::size_t>(capacity)) return SQLITE_CANTOPEN;
  std::memcpy(out, path, length + 1);
  return SQLITE_OK;
}

// Randomness, sleep and time are those of SQLite's own file system.
sqlite3_vfs& own() { return *sqlite3_vfs_find(nullptr); }
int randomness(sqlite3_vfs*, int count, char* out) { return own().xRandomness(&own(), count, out); }
int sleep_for(sqlite3_vfs*, int microseconds) { return own().xSleep(&own(), microseconds); }
int current_time(sqlite3_vfs*, double* out) { return own().xCurrentTime(&own(), out); }
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

Vfs::Vfs(Disk& disk) : vfs_(std::make_unique<sqlite3_vfs>()) {
  static std::atomic<std::uint64_t> count{0};
  name_ = "courier-" + std::to_string(++count);
  *vfs_ = sqlite3_vfs{};
  vfs_->iVersion = 1;
  vfs_->szOsFile = sizeof(VfsFile);
  vfs_->mxPathname = 1024;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = &disk;
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  vfs_->xAccess = access_file;
  vfs_->xFullPathname = full_path;
  vfs_->xRandomness = randomness;
  vfs_->xSleep = sleep_for;
  vfs_->xCurrentTime = current_time;
  vfs_->xGetLastError = last_error;
  // Nobody asks how much memory SQLite has: without that count its allocations take no lock. Where SQLite was used before (a database in
  // memory), it goes on counting.
  static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(uncounted);
  CHECK(sqlite3_initialize() == SQLITE_OK);
  CHECK(sqlite3_vfs_register(vfs_.get(), 0) == SQLITE_OK);
}

Vfs::~Vfs() { sqlite3_vfs_unregister(vfs_.get()); }

}  // namespace courier::sqlite
