#include "daemons/supervisor/daemon_process.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>

namespace courier {

namespace {

constexpr Duration first_pause = milliseconds(200);
// Who lived that long begins with the first pause again.
constexpr Duration calm = minutes(1);
constexpr Duration longest_start = minutes(1);
// From the closing of the control channel to the end of the process.
constexpr Duration longest_exit = seconds(3);

constexpr ChannelLimits control_limits{.max_frame = 64u << 20, .max_descriptors = 60};

}  // namespace

const char* to_string(DaemonProcess::State state) {
  switch (state) {
    case DaemonProcess::State::Ended: return "ended";
    case DaemonProcess::State::Starting: return "starting";
    case DaemonProcess::State::Serving: return "serving";
    case DaemonProcess::State::Waiting: return "waiting";
    case DaemonProcess::State::Draining: return "draining";
  }
  return "unknown";
}

DaemonProcess::DaemonProcess(Loop& loop, Log& log, ProcessOwner& owner, Identity identity, std::string program, Duration longest_pause)
    : loop_(loop),
      log_(log),
      owner_(owner),
      identity_(std::move(identity)),
      program_(std::move(program)),
      longest_pause_(std::max(longest_pause, first_pause)),
      control_(loop),
      tasks_(loop, no_exceptions()) {
  control_.on_attach([this](Channel& channel) {
    channel.on_violation([this](const std::string& what) { log_.error("channel violation", {{"peer", name()}, {"what", what}}); });
    owner_.serve_control(*this, channel);
  });
}

DaemonProcess::~DaemonProcess() = default;

std::string DaemonProcess::name() const {
  return identity_.instance.empty() ? identity_.role->name : std::string(identity_.role->name) + ":" + identity_.instance;
}

void DaemonProcess::start() {
  CHECK(state_ == State::Ended);
  stopping_ = false;
  state_ = State::Starting;
  tasks_.spawn(run());
}

Task<> DaemonProcess::run() {
  Duration wait = first_pause;
  while (!stopping_) {
    const Instant began = loop_.now();
    const ExitStatus status = co_await live_once();
    last_end_ = start_error_.empty() ? to_string(status) : start_error_;
    if (stopping_) break;
    if (identity_.on_demand && status.success() && start_error_.empty()) {
      log_.info("process ended", {{"process", name()}, {"why", "idle"}});
      break;
    }
    if (loop_.now() - began > calm) wait = first_pause;
    log_.error("process ended", {{"process", name()}, {"why", last_end_}, {"restart_in_ms", wait.milliseconds()}});
    state_ = State::Waiting;
    co_await pause(wait);
    wait = std::min(wait * 2, longest_pause_);
    ++restarts_;
  }
  state_ = State::Ended;
  wake(wait_ended_);
}

// From its start to its end.
Task<ExitStatus> DaemonProcess::live_once() {
  state_ = State::Starting;
  start_error_.clear();
  SocketPair ends = make_socket_pair();
  auto child = start_program(loop_, {program_, {}, environment(), {ends.second.get()}});
  if (!child) {
    start_error_ = child.error();
    co_return ExitStatus{false, 127};
  }
  child_ = std::move(*child);
  ends.second.reset();
  since_ = loop_.wall_now();
  control_.attach(make_channel(loop_, std::move(ends.first), control_limits));
  tasks_.spawn(introduce());
  const ExitStatus status = co_await child_->wait();
  if (Channel* channel = control_.channel()) channel->close();
  child_.reset();
  co_return status;
}

Task<> DaemonProcess::introduce() {
  const std::uint64_t generation = control_.generation();
  WithDescriptors<control::Start> start = owner_.make_start(*this);
  const auto reply = co_await control_.call(start.message, loop_.in(longest_start), std::move(start.descriptors));
  if (generation != control_.generation() || stopping_) co_return;
  if (!reply) {
    // A process that ended says why by its exit status.
    if (reply.error() == ChannelFault::Closed || !child_) co_return;
    start_error_ = std::string("start: ") + to_string(reply.error());
    child_->kill(SIGKILL);
    co_return;
  }
  if (!reply->error.empty()) {
    start_error_ = reply->error;
    if (Channel* channel = control_.channel()) channel->close();
    co_return;
  }
  state_ = State::Serving;
  log_.info("process serves", {{"process", name()}, {"pid", pid()}});
  owner_.serving(*this);
  wake(wait_serving_);
}

Task<> DaemonProcess::pause(Duration duration) {
  pause_ = make_cell();
  const CellRef cell = pause_;
  const TimerId timer = loop_.add_timer(loop_.now() + duration, [cell] { cell->complete(); });
  co_await CellRef(cell);
  loop_.cancel_timer(timer);
  pause_ = {};
}

Task<bool> DaemonProcess::stop(Deadline deadline) {
  CHECK(!deadline.is_never());
  if (state_ == State::Ended) co_return true;
  const bool served = state_ == State::Serving;
  stopping_ = true;
  bool clean = true;
  if (served) {
    state_ = State::Draining;
    const Duration left = deadline.at - loop_.now();
    const std::int64_t within = left.milliseconds() > 0 ? left.milliseconds() : 0;
    // The answer may come a moment after the time it was given.
    const auto reply = co_await control_.call(control::Drain{within}, loop_.in(milliseconds(within) + seconds(1)));
    clean = reply && reply->clean;
  }
  if (Channel* channel = control_.channel()) channel->close();
  if (pause_) pause_->complete();
  if (!co_await wait_ended(loop_.in(longest_exit))) {
    clean = false;
    log_.warning("process killed", {{"process", name()}, {"why", "it did not end when told to"}});
    if (child_) child_->kill(SIGKILL);
    co_await wait_ended(Deadline::never());
  }
  co_return clean;
}

Task<bool> DaemonProcess::wait_ended(Deadline deadline) {
  if (state_ == State::Ended) co_return true;
  const CellRef cell = make_cell();
  wait_ended_.push_back(cell);
  TimerId timer;
  if (!deadline.is_never()) timer = loop_.add_timer(deadline.at, [cell] { cell->complete(1); });
  const int outcome = co_await CellRef(cell);
  loop_.cancel_timer(timer);
  // It may have been started again by somebody else who waited.
  co_return outcome == 0 || state_ == State::Ended;
}

Task<bool> DaemonProcess::wait_serving(Deadline deadline) {
  while (state_ != State::Serving) {
    const CellRef cell = make_cell();
    wait_serving_.push_back(cell);
    const TimerId timer = loop_.add_timer(deadline.at, [cell] { cell->complete(1); });
    const int outcome = co_await CellRef(cell);
    loop_.cancel_timer(timer);
    if (outcome != 0) co_return state_ == State::Serving;
  }
  co_return true;
}

void DaemonProcess::wake(std::vector<CellRef>& waiting) {
  const std::vector<CellRef> all = std::move(waiting);
  waiting.clear();
  for (const CellRef& cell : all) loop_.post([cell] { cell->complete(); });
}

// Nothing of ours but the time zone, and what steers a sanitizer in a build that has one.
std::vector<std::string> DaemonProcess::environment() const {
  std::vector<std::string> out{"PATH=/usr/bin:/bin"};
  for (const char* name : {"TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  return out;
}

}  // namespace courier
