// Child processes: starting a program with given descriptors and nothing else of ours, and waiting for its end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/loop.h"
#include "runtime/task.h"

namespace courier {

struct ExitStatus {
  bool killed = false;  // by a signal; `number` is then the signal, else the exit status
  int number = 0;
  bool operator==(const ExitStatus&) const = default;
  [[nodiscard]] bool success() const { return !killed && number == 0; }
};
// "exit status 78", "signal 9 (Killed)"
[[nodiscard]] std::string to_string(const ExitStatus& status);

struct ProgramStart {
  std::string program;                   // path; no search
  std::vector<std::string> arguments;    // after the program's own name
  std::vector<std::string> environment;  // "NAME=value"; nothing else of ours is seen
  // Become 3, 4, ... in this order. 0 reads nothing (/dev/null), 1 and 2 are ours, all others are closed. They stay ours.
  std::vector<int> descriptors;
};

class ChildProcess {
 public:
  virtual ~ChildProcess() = default;  // kills it (SIGKILL) if it still runs, and reaps it
  [[nodiscard]] virtual int pid() const = 0;
  // Waits for its end. One waiter; after the end it answers at once.
  [[nodiscard]] virtual Task<ExitStatus> wait() = 0;
  // Does nothing when it has ended.
  virtual void kill(int signal) = 0;
};

// In a process group of its own, so that a terminal's Ctrl-C reaches us alone, with default signal handling. The error
// says why the program could not be started.
[[nodiscard]] Result<std::unique_ptr<ChildProcess>, std::string> start_program(Loop& loop, const ProgramStart& start);

}  // namespace courier
