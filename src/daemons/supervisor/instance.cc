#include "daemons/supervisor/instance.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace courier {

Result<PidFile, std::string> PidFile::create(const std::string& run_dir) {
  const std::string path = run_dir + "/courierd.pid";
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file) return fail(path + ": " + std::strerror(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    char text[32] = "";
    (void)!::pread(file.get(), text, sizeof text - 1, 0);
    return fail("courierd already runs here, as process " + std::string(trim(text)) + " (" + path + " is locked)");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return fail(path + ": " + std::strerror(errno));
  }
  return PidFile(std::move(file), path);
}

PidFile::~PidFile() {
  if (file_) ::unlink(path_.c_str());
}

Result<std::uint64_t, std::string> next_boot(Disk& disk, const std::string& state_dir, WallTime now) {
  const std::string path = state_dir + "/boot";
  constexpr std::int64_t year_2020 = 1'577'836'800;
  const std::int64_t minutes = (now.seconds() - year_2020) / 60;
  std::uint64_t next = minutes > 0 ? static_cast<std::uint64_t>(minutes) : 1;
  if (const auto text = read_file(disk, path, 64); text) {
    if (const auto last = to_u64(trim(*text))) next = *last + 1;
  } else if (text.error().os_error != ENOENT) {
    return fail(to_string(text.error()));
  }
  if (const auto written = replace_file(disk, path, std::to_string(next) + "\n"); !written) return fail(to_string(written.error()));
  return next;
}

}  // namespace courier
