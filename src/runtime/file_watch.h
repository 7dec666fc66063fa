// FileWatcher: tells when names in directories change, made by whomever. One descriptor a process, shared by all watches.
// Where the system has nothing of the kind there is no watcher: look again when it matters.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "runtime/loop.h"

namespace courier {

// One directory being watched; destroying it ends that. The watcher outlives it.
class DirectoryWatch {
 public:
  virtual ~DirectoryWatch() = default;
};

class FileWatcher {
 public:
  virtual ~FileWatcher() = default;
  // Calls `changed` on the loop after files in `directory` were made, removed, renamed or attributes changed; several changes
  // may be told once, and too many (the kernel's queue overflowed) are told to every watch. Null when the directory is not
  // there or the system's limit of watches is reached. `changed` may destroy this and other watches.
  [[nodiscard]] virtual std::unique_ptr<DirectoryWatch> watch(const std::string& directory, std::function<void()> changed) = 0;
};

// Null where the system cannot, or will not give a descriptor.
[[nodiscard]] std::unique_ptr<FileWatcher> make_file_watcher(Loop& loop);

}  // namespace courier
