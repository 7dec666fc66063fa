// Listening sockets: binding (supervisor) and accepting (daemons).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "runtime/loop.h"
#include "runtime/stream.h"

namespace courier {

// Bound, listening, non-blocking, close-on-exec, with TCP_NODELAY, which accepted sockets inherit. An IPv6 wildcard address serves
// IPv6 only. A Unix path is replaced when it is a stale socket; `mode` is its permission. The error names the address and why.
[[nodiscard]] Result<Descriptor, std::string> bind_listener(const Endpoint& at, int backlog = 1024, unsigned mode = 0666);

// Accepts the connections of a listener (as bind_listener() makes it) and hands each to `accepted`. When descriptors run out it pauses
// for a moment instead of spinning.
class Acceptor {
 public:
  using Accepted = std::function<void(StreamPtr)>;
  Acceptor(Loop& loop, Descriptor socket, Accepted accepted);
  ~Acceptor();
  // Stops accepting; the socket stays open until destruction.
  void pause();
  void resume();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace courier
