// The listening sockets of an instance: bound once by the supervisor, handed to each process of a role as it starts, so
// that clients wait in the backlog while a process restarts.
#pragma once

#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "daemons/supervisor/roles.h"
#include "runtime/control.h"
#include "runtime/stream.h"

namespace courier {

struct BoundSocket {
  const Role* role;
  control::ListenerInfo info;
  Descriptor socket;
};

// The endpoints that "*:25" and its like stand for. `any` is set when they stand for every address: one family may be missing.
[[nodiscard]] std::vector<Endpoint> listen_endpoints(const ListenAddress& address, bool& any);

// Binds everything the settings name. All errors at once, one a line.
[[nodiscard]] Result<std::vector<BoundSocket>, std::string> bind_all(const SupervisorSettings& settings);

}  // namespace courier
