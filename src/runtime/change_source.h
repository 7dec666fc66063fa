// The system's way to be told of changes in directories: inotify on Linux, nothing elsewhere. Used by file_watch.cc.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace courier {

class ChangeSource {
 public:
  virtual ~ChangeSource() = default;
  // Null where there is none.
  [[nodiscard]] static std::unique_ptr<ChangeSource> open();
  // Readable when something changed.
  [[nodiscard]] virtual int descriptor() const = 0;
  // The number that changes of this directory are told under, the same for one directory; -1: not to be had.
  [[nodiscard]] virtual int add(const std::string& directory) = 0;
  virtual void remove(int number) = 0;
  // Appends the numbers of what changed since; `lost` when some are not known. Does not wait.
  virtual void read(std::vector<int>& changed, bool& lost) = 0;
};

}  // namespace courier
