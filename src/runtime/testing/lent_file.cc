#include "runtime/testing/lent_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/check.h"

namespace courier {

namespace {

Descriptor nameless_file() {
  const char* folder = std::getenv("TMPDIR");
  std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/courier-lent-XXXXXX";
  Descriptor file(::mkstemp(path.data()));
  CHECK(file);
  ::unlink(path.c_str());
  return file;
}

}  // namespace

LentFile::LentFile(std::string_view content) : descriptor_(nameless_file()) { replace(content); }

std::string LentFile::content() const {
  struct stat facts{};
  CHECK(::fstat(descriptor_.get(), &facts) == 0);
  std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
  CHECK(::pread(descriptor_.get(), bytes.data(), bytes.size(), 0) == facts.st_size);
  return bytes;
}

void LentFile::replace(std::string_view content) {
  CHECK(::ftruncate(descriptor_.get(), static_cast<off_t>(content.size())) == 0);
  CHECK(::pwrite(descriptor_.get(), content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
}

}  // namespace courier
