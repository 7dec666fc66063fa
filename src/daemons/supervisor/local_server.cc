#include "daemons/supervisor/local_server.h"

namespace courier {

LocalServer::LocalServer(Loop& loop, Descriptor socket, Session session, std::size_t limit)
    : session_(std::move(session)),
      limit_(limit),
      tasks_(loop, no_exceptions()),
      acceptor_(loop, std::move(socket), [this](StreamPtr stream) { tasks_.spawn(serve(std::move(stream))); }) {}

Task<> LocalServer::serve(StreamPtr stream) {
  if (++running_ >= limit_) acceptor_.pause();
  co_await session_(std::move(stream));
  if (--running_ < limit_) acceptor_.resume();
}

Task<std::string> read_until(Stream& stream, std::string& rest, std::string end, std::size_t limit, Deadline deadline) {
  for (;;) {
    if (const std::size_t at = rest.find(end); at != std::string::npos) {
      std::string found = rest.substr(0, at + end.size());
      rest.erase(0, found.size());
      co_return found;
    }
    if (rest.size() >= limit) co_return std::string();
    char buffer[4096];
    const auto count = co_await read_some(stream, buffer, deadline);
    if (!count || *count == 0) co_return std::string();
    rest.append(buffer, *count);
  }
}

}  // namespace courier
