// A small server of the supervisor's own: accepts on a listening socket and runs one coroutine a connection, at most
// `limit` at a time (more wait in the backlog).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "runtime/listener.h"
#include "runtime/stream.h"
#include "runtime/task_group.h"

namespace courier {

class LocalServer {
 public:
  using Session = std::function<Task<>(StreamPtr)>;
  LocalServer(Loop& loop, Descriptor socket, Session session, std::size_t limit = 32);

 private:
  Task<> serve(StreamPtr stream);
  Session session_;
  std::size_t limit_;
  std::size_t running_ = 0;
  TaskGroup tasks_;
  Acceptor acceptor_;
};

// Reads up to and including `end`, no more than `limit` bytes; empty when the peer stops before, sends more or is too slow.
// What follows `end` stays in `rest`, which also may hold what was read before.
[[nodiscard]] Task<std::string> read_until(Stream& stream, std::string& rest, std::string end, std::size_t limit, Deadline deadline);

}  // namespace courier
