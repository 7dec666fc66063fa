#include "daemons/mailbox/sessions.h"

#include <exception>

namespace courier::mailbox {

Sessions::Sessions(Loop& loop, Probe& probe, std::function<void(std::uint64_t)> ended)
    : probe_(probe), ended_(std::move(ended)), tasks_(loop, *this) {}
Sessions::~Sessions() = default;

void Sessions::add(std::unique_ptr<Session> session, const HandOver& request, const std::string& account) {
  probe_.session_began(request, account);
  running_.push_back({.session = std::move(session), .name = request.session, .connection = request.connection});
  tasks_.spawn(serve(std::prev(running_.end())));
}

// The place in the list is this task's own: nobody else removes it.
Task<> Sessions::serve(std::list<Running>::iterator place) {
  try {
    co_await place->session->run();
  } catch (const std::exception& error) {
    probe_.session_failed(place->name, error.what());
  }
  probe_.session_ended();
  ended_(place->connection);
  running_.erase(place);
}

void Sessions::task_failed(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    probe_.session_failed("", exception.what());
  } catch (...) {
    probe_.session_failed("", "unknown exception");
  }
}

Task<bool> Sessions::drain(Deadline deadline) {
  // A session may end, and leave the list, inside its drain().
  for (auto place = running_.begin(); place != running_.end();) {
    const auto next = std::next(place);
    place->session->drain();
    place = next;
  }
  return tasks_.wait_empty(deadline);
}

}  // namespace courier::mailbox
