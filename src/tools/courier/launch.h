// Starting courierd and waiting until every daemon serves.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace courier::tool {

struct Launch {
  std::string program;  // courierd
  std::string config;
  std::string control;  // where it will listen for commands
  std::string log;  // background: its standard output and error go here, and it outlives us; empty: they are ours, and it ends with us
};

// Returns the process id when everything serves; otherwise nothing is left running, and the text says what courierd's
// end was or what did not serve.
[[nodiscard]] Result<pid_t, std::string> launch(const Launch& what);

// Waits for the end of a foreground courierd and hands it SIGINT and SIGTERM as SIGTERM. Returns its exit status.
[[nodiscard]] int accompany(pid_t pid);

}  // namespace courier::tool
