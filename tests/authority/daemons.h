// Each daemon as its main.cc makes it, but on a loop whose clock stands still, without threads.
#pragma once

#include <memory>
#include <string>

#include "runtime/daemon.h"

namespace courier::authority {

// `role` as in roles.cc; null when there is no such daemon. `folder` is a temporary one.
[[nodiscard]] std::unique_ptr<Daemon> make_daemon(DaemonContext& context, const std::string& role, const std::string& folder);

}  // namespace courier::authority
