// Large bodies: one file each, written once, below <spool>/bodies. Blocking; may be called from several threads.
#pragma once

#include <set>
#include <string>

#include "runtime/disk.h"

namespace courier::spool {

class Bodies {
 public:
  // `folder` is made by prepare().
  Bodies(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}

  [[nodiscard]] DiskResult<void> prepare();
  // A file without a name, to be written from offset 0. It vanishes when closed before keep().
  [[nodiscard]] DiskResult<FilePtr> open_unnamed();
  // Gives the file its name, durably: file, name and new folders are on stable storage when it returns. EFBIG when the file
  // is shorter than `size`, EEXIST when `id` has one. The result is the name that the spool's row keeps.
  [[nodiscard]] DiskResult<std::string> keep(File& file, const std::string& id, std::uint64_t size);
  [[nodiscard]] DiskResult<FilePtr> open(const std::string& name);
  // After the row is gone. What is missing is no error.
  void remove(const std::string& name);
  // At start: removes files that no row names; they were kept, but their row never came, or their row has gone.
  // Returns how many.
  [[nodiscard]] DiskResult<std::size_t> sweep(const std::set<std::string>& named);

 private:
  Disk& disk_;
  std::string folder_;
};

}  // namespace courier::spool
