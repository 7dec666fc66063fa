#include "daemons/queue/admin.h"

#include <map>

#include "base/text.h"
#include "daemons/queue/admin_views.h"

namespace courier::queue {
namespace {

constexpr std::int32_t usage = 64;
constexpr std::int32_t no_input = 66;
constexpr std::int32_t io_error = 74;

control::Answer fault(std::int32_t status, std::string text) { return {.status = status, .json = {}, .error = std::move(text)}; }
control::Answer not_there(const std::string& id) { return fault(no_input, "no such message: " + printable(id)); }

template <class T>
control::Answer answer(const T& value) {
  return {.status = 0, .json = to_json(value), .error = {}};
}

}  // namespace

Task<control::Answer> Admin::ask(control::Ask question) {
  using Handler = Task<control::Answer> (Admin::*)(Arguments);
  static const std::map<std::string, Handler> verbs = {
      {"queue list", &Admin::list},       {"queue show", &Admin::show},     {"queue retry", &Admin::retry}, {"queue hold", &Admin::hold},
      {"queue release", &Admin::release}, {"queue cancel", &Admin::cancel}, {"trace", &Admin::trace},       {"status", &Admin::status},
  };
  const auto verb = verbs.find(question.verb);
  if (verb == verbs.end()) co_return fault(usage, "the queue knows no \"" + printable(question.verb) + "\"");
  co_return co_await (this->*verb->second)(std::move(question.arguments));
}

Task<control::Answer> Admin::list(Arguments arguments) {
  spool::Number after = 0;
  std::size_t limit = 100;
  for (const std::string& argument : arguments) {
    const auto equals = argument.find('=');
    const auto number = equals == std::string::npos ? std::nullopt : to_u32(argument.substr(equals + 1));
    if (number && argument.starts_with("after=")) {
      after = *number;
    } else if (number && argument.starts_with("limit=")) {
      limit = std::min<std::size_t>(*number, 1000);
    } else {
      co_return fault(usage, "queue list: after=N or limit=N, not \"" + printable(argument) + "\"");
    }
  }
  const auto stored = co_await parts_.writer.run([after, limit](spool::Spool& spool) { return spool.list(after, limit); });
  if (!stored) co_return fault(io_error, stored.error());
  MessageListView view;
  for (const spool::Stored& one : *stored) {
    const MessagePtr on_disk = read_message(one);
    if (!on_disk) continue;
    const MessagePtr in_memory = rounds_.find(on_disk->id());
    view.messages.push_back(view_of(in_memory ? *in_memory : *on_disk, in_memory != nullptr));
  }
  view.next = stored->size() < limit || stored->empty() ? 0 : stored->back().number;
  co_return answer(view);
}

Task<control::Answer> Admin::show(Arguments arguments) {
  if (arguments.size() != 1) co_return fault(usage, "queue show ID");
  const std::string id = arguments.front();
  if (const MessagePtr present = rounds_.find(id)) co_return answer(full_view_of(*present, true));
  const auto stored = co_await parts_.writer.run([id](spool::Spool& spool) { return spool.find(id); });
  if (!stored) co_return fault(io_error, stored.error());
  if (!*stored) co_return not_there(id);
  const MessagePtr message = read_message(**stored);
  if (!message) co_return fault(io_error, "the message cannot be read");
  co_return answer(full_view_of(*message, false));
}

Task<control::Answer> Admin::retry(Arguments arguments) {
  if (arguments.size() != 1) co_return fault(usage, "queue retry ID, or queue retry all");
  if (arguments.front() != "all") co_return co_await change(Step::Retry, std::move(arguments));
  const std::int64_t now_us = parts_.loop.wall_now().microseconds;
  const auto changed = co_await parts_.writer.run([now_us](spool::Spool& spool) { return spool.make_all_due(now_us); });
  if (!changed) co_return fault(io_error, changed.error());
  rounds_.look_now();
  co_return answer(CountView{.messages = *changed});
}

Task<control::Answer> Admin::hold(Arguments arguments) { co_return co_await change(Step::Hold, std::move(arguments)); }
Task<control::Answer> Admin::release(Arguments arguments) { co_return co_await change(Step::Release, std::move(arguments)); }
Task<control::Answer> Admin::cancel(Arguments arguments) { co_return co_await change(Step::Cancel, std::move(arguments)); }

// A message in memory takes the change with the end of its round; one on disk gets it there.
Task<control::Answer> Admin::change(Step step, Arguments arguments) {
  const std::size_t most = step == Step::Cancel ? 2 : 1;
  if (arguments.empty() || arguments.size() > most) co_return fault(usage, "one queue id is needed");
  const std::string id = arguments.front();
  const Rounds::Hold held = co_await rounds_.hold(id);
  if (!held.message) co_return not_there(id);
  const MessagePtr message = held.message;
  Progress& progress = message->progress;
  const WallTime now = parts_.loop.wall_now();
  const bool in_time = held.brought && !progress.attempted;
  switch (step) {
    case Step::Hold:
      progress.held = true;
      progress.event(now, "held by the administrator");
      break;
    case Step::Release:
      progress.held = false;
      progress.event(now, "released by the administrator");
      break;
    case Step::Retry: progress.event(now, "retry asked for by the administrator"); break;
    case Step::Cancel:
      progress.cancelled = true;
      progress.held = false;
      if (arguments.size() == 2) progress.cancel_reason = arguments[1];
      progress.event(now, "cancelled by the administrator");
      break;
  }
  if (held.brought) {
    message->due_us = (step == Step::Hold ? now + days(3650) : now).microseconds;
    spool::Change update;
    update.updates.push_back({.number = message->number, .record = {}, .due_us = message->due_us, .state = encode(progress)});
    co_await rounds_.write(std::move(update));
    rounds_.park(message);
  }
  if (step == Step::Cancel) co_return answer(CancelView{.in_time = in_time});
  co_return answer(CountView{.messages = 1});
}

Task<control::Answer> Admin::trace(Arguments arguments) {
  if (arguments.size() != 1) co_return fault(usage, "trace ID");
  const std::string id = arguments.front();
  TraceView view;
  view.id = id;
  view.state = "queued";
  if (const MessagePtr present = rounds_.find(id)) {
    view.events = event_views(present->progress);
    co_return answer(view);
  }
  const auto stored = co_await parts_.writer.run([id](spool::Spool& spool) { return spool.find(id); });
  if (!stored) co_return fault(io_error, stored.error());
  if (*stored) {
    const MessagePtr message = read_message(**stored);
    if (!message) co_return fault(io_error, "the message cannot be read");
    view.events = event_views(message->progress);
    co_return answer(view);
  }
  const auto left = co_await parts_.writer.run([id](spool::Spool& spool) { return spool.history(id); });
  if (!left) co_return fault(io_error, left.error());
  if (!*left) co_return not_there(id);
  Progress progress;
  if (!decode((*left)->events, progress)) co_return fault(io_error, "the history cannot be read");
  view.state = "left";
  view.ended = rfc3339_time(WallTime{(*left)->ended_us});
  view.events = event_views(progress);
  co_return answer(view);
}

Task<control::Answer> Admin::status(Arguments arguments) {
  if (!arguments.empty()) co_return fault(usage, "status takes no arguments");
  const auto messages = co_await parts_.writer.run([](spool::Spool& spool) { return spool.count(); });
  if (!messages) co_return fault(io_error, messages.error());
  co_return answer(StatusView{.messages = *messages,
                              .active = rounds_.active(),
                              .running_local = parts_.slots.running(Transport::Local),
                              .running_remote = parts_.slots.running(Transport::Remote),
                              .waiting_for_disk = parts_.writer.waiting(),
                              .free_bytes = parts_.writer.free_bytes()});
}

Task<> Admin::set_options(spool::SpoolOptions options) {
  co_await parts_.writer.run([options](spool::Spool& spool) {
    spool.set_options(options);
    return true;
  });
}

}  // namespace courier::queue
