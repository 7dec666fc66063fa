#include "tools/courier/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/descriptor.h"

namespace courier::tool {

namespace {

std::string because(const std::string& path) { return path + ": " + std::strerror(errno); }

bool write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

Result<void, std::string> write_text_file(const std::string& path, const std::string& text, ::mode_t mode) {
  const std::string fresh = path + ".new";
  (void)::unlink(fresh.c_str());
  Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file || !write_all(file.get(), text) || ::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0) return fail(because(fresh));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return fail(because(path));
  return {};
}

Result<void, std::string> make_folder(const std::string& path, ::mode_t mode) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(path + ": " + error.message());
  if (::chmod(path.c_str(), mode) != 0) return fail(because(path));
  return {};
}

}  // namespace courier::tool
