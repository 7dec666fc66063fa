// The machine's file system behind Disk.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/descriptor.h"
#include "runtime/disk.h"
#include "runtime/platform.h"

namespace courier {

namespace {

std::unexpected<DiskError> failed(const char* operation, const std::string& path) { return fail(DiskError{errno, operation, path}); }

WallTime from_timespec(const timespec& t) { return {t.tv_sec * 1'000'000 + t.tv_nsec / 1'000}; }

FileFacts to_facts(const struct stat& s) {
  FileFacts facts;
  facts.size = static_cast<std::uint64_t>(s.st_size);
  facts.inode = s.st_ino;
  facts.device = s.st_dev;
  facts.modified = from_timespec(s.st_mtim);
  facts.changed = from_timespec(s.st_ctim);
  facts.directory = S_ISDIR(s.st_mode);
  facts.regular = S_ISREG(s.st_mode);
  facts.symlink = S_ISLNK(s.st_mode);
  facts.mode = s.st_mode & 07777;
  facts.uid = s.st_uid;
  facts.gid = s.st_gid;
  facts.links = s.st_nlink;
  return facts;
}

class RealVolume final : public Volume {
 public:
  RealVolume(Descriptor inside, std::string path) : inside_(std::move(inside)), path_(std::move(path)) {}
  DiskResult<void> sync() override {
    if (platform::sync_volume(inside_.get()) != 0) return failed("syncfs", path_);
    return {};
  }

 private:
  Descriptor inside_;  // of an open file: errors since it was opened are told
  std::string path_;
};

// Once, gone on with after a signal. Bytes, or -1 and errno.
ssize_t read_once(int fd, std::uint64_t offset, std::span<char> into) {
  for (;;) {
    const ssize_t n = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
    if (n >= 0 || errno != EINTR) return n;
  }
}

class RealFile final : public File {
 public:
  RealFile(Descriptor fd, std::string path, bool append) : fd_(std::move(fd)), path_(std::move(path)), append_(append) {}

  DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    const ssize_t n = read_once(fd_.get(), offset, into);
    if (n < 0) return failed("read", path_);
    return static_cast<std::size_t>(n);
  }
  DiskResult<void> write_pieces(std::uint64_t offset, std::span<const std::string_view> pieces) override {
    std::size_t done = 0;  // bytes of the first piece
    for (;;) {
      while (!pieces.empty() && done >= pieces.front().size()) {
        done -= pieces.front().size();
        pieces = pieces.subspan(1);
      }
      if (pieces.empty()) return {};
      const ssize_t n = write_some(offset, pieces, done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed("write", path_);
      done += static_cast<std::size_t>(n);
      offset += static_cast<std::uint64_t>(n);
    }
  }
  DiskResult<std::uint64_t> size() override {
    const auto now = facts();
    if (!now) return fail(now.error());
    return now->size;
  }
  DiskResult<void> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return failed("truncate", path_);
    return {};
  }
  DiskResult<void> sync() override {
    if (::fdatasync(fd_.get()) != 0) return failed("fsync", path_);
    return {};
  }
  VolumePtr volume() override {
    if (!platform::can_sync_volume(fd_.get())) return nullptr;
    Descriptor inside(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    return inside ? std::make_unique<RealVolume>(std::move(inside), path_) : nullptr;
  }
  DiskResult<FileFacts> facts() override {
    struct stat s{};
    if (::fstat(fd_.get(), &s) != 0) return failed("stat", path_);
    return to_facts(s);
  }
  DiskResult<void> link_as(const std::string& path) override {
    if (platform::link_unnamed(fd_.get(), path.c_str()) != 0) return failed("link", path);
    path_ = path;
    return {};
  }
  DiskResult<void> set_modified(WallTime time) override {
    const timespec t{time.microseconds / 1'000'000, time.microseconds % 1'000'000 * 1'000};
    const timespec both[2] = {{0, UTIME_OMIT}, t};
    if (::futimens(fd_.get(), both) != 0) return failed("set time of", path_);
    return {};
  }
  DiskResult<void> close() override {
    if (fd_ && ::close(fd_.release()) != 0) return failed("close", path_);
    return {};
  }
  int descriptor() const override { return fd_.get(); }

 private:
  // One call, without the first `done` bytes of the first piece. Gives how many bytes were written, or -1 and errno.
  ssize_t write_some(std::uint64_t offset, std::span<const std::string_view> pieces, std::size_t done) {
    iovec parts[16];
    const std::size_t count = std::min(pieces.size(), std::size(parts));
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view bytes = i == 0 ? pieces[i].substr(done) : pieces[i];
      parts[i] = {const_cast<char*>(bytes.data()), bytes.size()};  // it is only read
    }
    const int number = static_cast<int>(count);
    return append_ ? ::writev(fd_.get(), parts, number) : ::pwritev(fd_.get(), parts, number, static_cast<off_t>(offset));
  }

  Descriptor fd_;
  std::string path_;
  bool append_;
};

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::Read: return O_RDONLY;
    case OpenMode::ReadWrite: return O_RDWR;
    case OpenMode::Create: return O_RDWR | O_CREAT;
    case OpenMode::CreateNew: return O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::Append: return O_WRONLY | O_CREAT | O_APPEND;
  }
  return O_RDONLY;
}

// File systems of the network (statfs(2)): locks and syncs mean other things there.
bool is_network(const char* path) {
  struct statfs s{};
  if (::statfs(path, &s) != 0) return false;
  switch (static_cast<unsigned long>(s.f_type)) {
    case 0x6969:       // NFS
    case 0xFF534D42:   // CIFS
    case 0xFE534D42:   // SMB2
    case 0x517B:       // SMB
    case 0x00C36400:   // Ceph
    case 0x65735546:   // FUSE: sshfs, glusterfs and the like
    case 0x01021997:   // 9p
    case 0x5346414F:   // AFS
      return true;
    default: return false;
  }
}

// Never waits for a FIFO's other side, never follows a link, never becomes anybody's terminal.
constexpr int careful = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

class RealDirectory final : public Directory {
 public:
  RealDirectory(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  DiskResult<std::size_t> read(const std::string& name, std::span<char> into, std::uint64_t expected, FileFacts* facts) override {
    const Descriptor file(::openat(fd_.get(), name.c_str(), O_RDONLY | careful));
    if (!file) return failed("open", path_ + "/" + name);
    if (facts) {
      struct stat s{};
      if (::fstat(file.get(), &s) != 0) return failed("stat", path_ + "/" + name);
      *facts = to_facts(s);
    }
    std::size_t filled = 0;
    while (filled < into.size()) {
      const ssize_t n = read_once(file.get(), filled, into.subspan(filled));
      if (n < 0) return failed("read", path_ + "/" + name);
      filled += static_cast<std::size_t>(n);
      if (n == 0 || filled == expected) break;
    }
    return filled;
  }

 private:
  Descriptor fd_;
  std::string path_;
};

class RealDisk final : public Disk {
 public:
  DiskResult<FilePtr> open(const std::string& path, OpenMode mode) override {
    Descriptor fd(::open(path.c_str(), open_flags(mode) | careful, 0600));
    if (!fd) return failed("open", path);
    return std::make_unique<RealFile>(std::move(fd), path, mode == OpenMode::Append);
  }
  DiskResult<FilePtr> create_unnamed(const std::string& directory) override {
    Descriptor fd = platform::open_unnamed(directory.c_str());
    if (!fd) return failed("make a file in", directory);
    return std::make_unique<RealFile>(std::move(fd), directory, false);
  }
  DiskResult<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from);
    return {};
  }
  DiskResult<void> rename_new(const std::string& from, const std::string& to) override {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno != EINVAL && errno != ENOSYS) return failed("rename", from);
    // A file system without the flag: link fails when the target is there, too.
    if (auto linked = link(from, to); !linked) return linked;
    return unlink(from);
  }
  DiskResult<void> link(const std::string& from, const std::string& to) override {
    if (::link(from.c_str(), to.c_str()) != 0) return failed("link", to);
    return {};
  }
  DiskResult<void> unlink(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return failed("unlink", path);
    return {};
  }
  DiskResult<void> make_directory(const std::string& path, std::uint32_t mode) override {
    if (::mkdir(path.c_str(), mode) != 0) return failed("mkdir", path);
    return {};
  }
  DiskResult<void> remove_directory(const std::string& path) override {
    if (::rmdir(path.c_str()) != 0) return failed("rmdir", path);
    return {};
  }
  DiskResult<void> sync_directory(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return failed("open", path);
    if (::fsync(fd.get()) != 0) return failed("fsync", path);
    return {};
  }
  DiskResult<std::vector<DirectoryEntry>> list(const std::string& path) override {
    Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return failed("open", path);
    DIR* directory = ::fdopendir(fd.get());
    if (!directory) return failed("open", path);
    (void)fd.release();  // closedir() closes it
    std::vector<DirectoryEntry> entries;
    errno = 0;
    while (const dirent* entry = ::readdir(directory)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") entries.push_back({std::string(name), entry->d_ino, entry->d_type == DT_DIR});
      errno = 0;
    }
    const int error = errno;
    ::closedir(directory);
    if (error != 0) return fail(DiskError{error, "list", path});
    return entries;
  }
  DiskResult<DirectoryPtr> open_directory(const std::string& path) override {
    Descriptor fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return failed("open", path);
    return std::make_unique<RealDirectory>(std::move(fd), path);
  }
  DiskResult<FileFacts> facts(const std::string& path) override {
    struct stat s{};
    if (::lstat(path.c_str(), &s) != 0) return failed("stat", path);
    return to_facts(s);
  }
  DiskResult<SpaceFacts> space(const std::string& path) override {
    struct statvfs s{};
    if (::statvfs(path.c_str(), &s) != 0) return failed("statfs", path);
    return SpaceFacts{s.f_bavail * s.f_frsize, s.f_blocks * s.f_frsize, s.f_favail, is_network(path.c_str())};
  }
};

}  // namespace

Disk& real_disk() {
  static RealDisk disk;
  return disk;
}

FilePtr file_on(Descriptor descriptor, std::string name) {
  return std::make_unique<RealFile>(std::move(descriptor), std::move(name), false);
}

}  // namespace courier
