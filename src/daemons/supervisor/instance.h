// What makes a running instance one: the pid file that is locked, and the number of its start.
#pragma once

#include <cstdint>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/disk.h"

namespace courier {

// Holds run_dir/courierd.pid locked; the file is removed at the end. A second one for the same folder is refused with the
// number of the process that runs.
class PidFile {
 public:
  [[nodiscard]] static Result<PidFile, std::string> create(const std::string& run_dir);
  PidFile(PidFile&&) = default;
  PidFile& operator=(PidFile&&) = delete;
  ~PidFile();

 private:
  PidFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  Descriptor file_;
  std::string path_;
};

// The number of this start, one more than the last, on stable storage before it is returned (state_dir/boot). Where the
// file is missing or damaged it begins with the minutes since 2020, which no sequence of starts has reached before.
[[nodiscard]] Result<std::uint64_t, std::string> next_boot(Disk& disk, const std::string& state_dir, WallTime now);

}  // namespace courier
