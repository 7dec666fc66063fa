#include "daemons/mailbox/sessions.h"

#include <exception>

namespace courier::mailbox {

Sessions::Sessions(Loop& loop, Probe& probe, std::function<void(const HandOver&)> ended)
    : probe_(probe), ended_(std::move(ended)), tasks_(loop, *this) {}
Sessions::~Sessions() = default;

void Sessions::add(std::unique_ptr<Session> session, HandOver request, const std::string& account) {
  probe_.session_began(request, account);
  // Kept while the session lasts: what the log and auth are told at its end, nothing of what was handed over.
  request.first_output.clear();
  request.first_output.shrink_to_fit();
  request.buffered.clear();
  request.buffered.shrink_to_fit();
  running_.push_back({.session = std::move(session), .request = std::move(request)});
  tasks_.spawn(serve(std::prev(running_.end())));
}

// The place in the list is this task's own: nobody else removes it.
Task<> Sessions::serve(std::list<Running>::iterator place) {
  try {
    co_await place->session->run();
  } catch (const std::exception& error) {
    probe_.session_failed(place->request.session, error.what());
  }
  probe_.session_ended(place->request);
  ended_(place->request);
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
