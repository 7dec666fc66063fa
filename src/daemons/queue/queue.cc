#include "daemons/queue/queue.h"

#include <cstdlib>

namespace courier::queue {
namespace {

const char* const clock_fact = "clock";

}  // namespace

Pools make_pools(Loop& loop) { return {.writer = make_pool(loop, 1), .files = make_pool(loop, 2)}; }

struct Queue::Running {
  Running(DaemonContext& context, QueueSettings& settings, Pools& pools, Probe& probe, std::unique_ptr<spool::Spool> spool,
          ExpiryClock expiry)
      : writer(*pools.writer, std::move(spool)),
        slots(context.loop),
        parts{context, context.loop, settings, *pools.files, writer, slots, probe},
        resolver(parts),
        ids(context.start.boot, context.loop.wall_now().microseconds),
        clock(expiry),
        rounds(parts, resolver, ids, clock),
        intake(parts, resolver, rounds),
        admin(parts, rounds),
        tasks(context.loop, no_exceptions()) {}

  // Once a minute the clock; once an hour its time is noted, and empty pages go back to the file system while nothing else is to do.
  Task<> keep_house() {
    for (int minute = 1;; ++minute) {
      co_await parts.loop.sleep(minutes(1));
      if (clock.look(parts.loop.wall_now(), parts.loop.now())) parts.probe.clock_jumped();
      if (minute % 60 != 0) continue;
      const std::int64_t now_us = parts.loop.wall_now().microseconds;
      const auto noted = co_await writer.run([now_us](spool::Spool& spool) { return spool.set_fact(clock_fact, now_us); });
      if (!noted) parts.probe.spool_trouble("note the time", noted.error());
      while (writer.waiting() == 0 && co_await writer.run([](spool::Spool& spool) { return spool.tidy(); })) continue;
    }
  }

  spool::Writer writer;
  Slots slots;
  Parts parts;
  Resolver resolver;
  Ids ids;
  ExpiryClock clock;
  Rounds rounds;
  Intake intake;
  Admin admin;
  TaskGroup tasks;  // last
};

Queue::Queue(DaemonContext& context, Pools pools) : context_(context), pools_(std::move(pools)), probe_(context.log, context.metrics) {
  if (!context.start.settings.empty()) CHECK(decode_settings(context.start.settings, settings_));
}

Queue::~Queue() = default;

spool::SpoolOptions Queue::spool_options() const {
  return {.folder = context_.start.state_dir,
          .reserve_bytes = static_cast<std::uint64_t>(settings_.reserve),
          .history_messages = settings_.history_messages,
          .history_us = settings_.history_time.nanoseconds / 1000};
}

void Queue::apply_limits() {
  const auto count = [](std::int64_t number) { return static_cast<std::size_t>(number); };
  running_->slots.set_limits(Transport::Local,
                             {.running = count(settings_.local_deliveries), .per_host = count(settings_.local_per_mailbox)});
  running_->slots.set_limits(Transport::Remote, {.running = count(settings_.remote_deliveries),
                                                 .per_host = count(settings_.remote_per_host),
                                                 .waiting_per_host = count(settings_.window_high) / 4});
}

Result<void, std::string> Queue::serve() {
  spool::OpenReport report;
  const WallTime now = context_.loop.wall_now();
  auto spool = spool::Spool::open(context_.disk, spool_options(), now.microseconds, report);
  if (!spool) return fail(std::move(spool.error()));
  probe_.opened(report.messages, report.orphans, report.damage, report.salvaged, report.lost);
  const auto seen = (*spool)->fact(clock_fact);
  if (!seen) return fail(seen.error());
  const ExpiryClock expiry(now, context_.loop.now(), WallTime{seen->value_or(0)}, settings_.lifetime);
  running_ = std::make_unique<Running>(context_, settings_, pools_, probe_, std::move(*spool), expiry);
  running_->writer.on_damage([this](const std::string& what) {
    // The next start sets the damaged spool aside and saves what can be read.
    probe_.spool_trouble("damaged: the queue starts again", what);
    std::_Exit(70);
  });
  apply_limits();
  running_->intake.serve("smtpd-mx", submit::Source::Mx);
  running_->intake.serve("smtpd-submission", submit::Source::Submission);
  running_->intake.serve("smtpd-inject", submit::Source::Inject);
  running_->rounds.begin();
  running_->tasks.spawn(running_->keep_house());
  return {};
}

control::Reloaded Queue::reload(const std::string& settings) {
  QueueSettings fresh;
  if (!decode_settings(settings, fresh)) return {.error = "the settings do not decode", .needs_restart = {}};
  settings_ = fresh;
  if (running_) {
    apply_limits();
    const spool::SpoolOptions options = spool_options();
    running_->tasks.spawn(running_->admin.set_options(options));
  }
  return {};
}

Task<bool> Queue::drain(Deadline deadline) {
  if (!running_) co_return true;
  const bool taken = co_await running_->intake.drain(deadline);
  const bool delivered = co_await running_->rounds.drain(deadline);
  co_return taken&& delivered;
}

Task<control::Answer> Queue::ask(control::Ask question) {
  if (!running_) co_return control::Answer{.status = 75, .json = {}, .error = "the queue is not serving"};
  co_return co_await running_->admin.ask(std::move(question));
}

}  // namespace courier::queue
