#include "runtime/daemon.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "runtime/rest.h"
#include "runtime/sandbox.h"

namespace courier {

Link& DaemonContext::link(const std::string& peer) {
  auto& place = links[peer];
  if (!place) place = std::make_unique<Link>(loop);
  return *place;
}

void DaemonContext::attach(const std::string& peer, ChannelPtr channel, std::uint64_t number) {
  channel->on_violation([this, peer, number](const std::string& what) {
    log.error("channel violation", {{"peer", peer}, {"what", what}});
    if (supervisor && number != 0) supervisor->notify(control::ChannelBroken{peer, number});
  });
  const bool is_new = links.find(peer) == links.end();
  Link& to = link(peer);
  if (is_new && on_new_peer) on_new_peer(peer, to);
  to.attach(std::move(channel));
}

namespace {

constexpr int control_descriptor = 3;
constexpr int exit_usage = 64;
constexpr int exit_software = 70;

// One process's life: from Start to the end of the control channel.
class Host {
 public:
  explicit Host(const DaemonFactory& factory) : factory_(factory), loop_(make_loop()), supervisor_(*loop_) {}

  int run() {
    auto control = make_channel(*loop_, Descriptor(control_descriptor), {.max_frame = 64u << 20, .max_descriptors = 60});
    control_ = control.get();
    supervisor_.on_attach([this](Channel& channel) { serve(channel); });
    supervisor_.attach(std::move(control));
    watcher_ = watch_control();
    watcher_.start();
    loop_->run();
    // No destructors of daemon parts that might block: what must be kept is on stable storage already.
    daemon_.reset();
    return exit_status_;
  }

 private:
  Task<> watch_control() {
    co_await control_->wait_closed();
    loop_->stop();
  }

  void serve(Channel& channel) {
    channel.serve_with_descriptors<control::Start>(
        [this](WithDescriptors<control::Start> request, Deadline) { return start(std::move(request)); });
    channel.on_notice<control::OpenChannel>([this](control::OpenChannel notice, std::vector<Descriptor> ends) {
      if (context_ && ends.size() == 1) context_->attach(notice.peer, make_channel(*loop_, std::move(ends[0])), notice.number);
    });
    channel.serve<control::Reload>([this](control::Reload request, Deadline) { return reload(std::move(request)); });
    channel.serve<control::Drain>([this](control::Drain request, Deadline) { return drain(request); });
    channel.serve<control::Ask>([this](control::Ask question, Deadline) { return ask(std::move(question)); });
    channel.serve<control::GetMetrics>([this](control::GetMetrics, Deadline) { return metrics_text(); });
    channel.on_notice<control::NewTicketKeys>([this](control::NewTicketKeys notice, std::vector<Descriptor>) {
      if (daemon_) daemon_->ticket_keys(notice.keys);
    });
    channel.on_notice<control::NewCertificates>([this](control::NewCertificates notice, std::vector<Descriptor>) {
      if (daemon_) daemon_->certificates(notice.certificates);
    });
    channel.on_notice<control::ReopenLog>([this](control::ReopenLog notice, std::vector<Descriptor> files) {
      if (notice.has_file && files.size() == 1 && log_) log_->replace_file(std::move(files[0]));
    });
  }

  Task<WithDescriptors<control::Started>> start(WithDescriptors<control::Start> request) {
    WithDescriptors<control::Started> reply;
    reply.message.error = set_up(std::move(request));
    if (!reply.message.error.empty()) {
      exit_status_ = exit_software;
      loop_->post([this] { loop_->add_timer(loop_->now() + milliseconds(200), [this] { loop_->stop(); }); });
    }
    co_return reply;
  }

  // Gives the error, empty when the daemon serves.
  std::string set_up(WithDescriptors<control::Start> request) {
    if (context_) return "started twice";
    control::Start& start = request.message;
    const std::size_t expected = start.listeners.size() + (start.log_to_file ? 1 : 0);
    if (request.descriptors.size() != expected) return "wrong number of descriptors";
    open_log(start, request.descriptors);
    context_ = std::make_unique<DaemonContext>(*loop_, *log_, metrics_, real_disk());
    for (std::size_t i = 0; i < start.listeners.size(); ++i) {
      context_->listeners.push_back({start.listeners[i], std::move(request.descriptors[i])});
    }
    context_->start = std::move(start);
    context_->supervisor = &supervisor_;
    try {
      daemon_ = factory_(*context_);
      if (std::string error = lock_in(); !error.empty()) return error;
      if (auto served = daemon_->serve(); !served) return served.error();
      rest_ = std::make_unique<Rest>(*loop_);
    } catch (const std::exception& e) {
      return e.what();
    }
    return {};
  }

  void open_log(const control::Start& start, std::vector<Descriptor>& descriptors) {
    LogSettings settings;
    settings.format = static_cast<LogSettings::Format>(start.log_format);
    settings.target = static_cast<LogSettings::Target>(start.log_target);
    settings.level = static_cast<LogLevel>(start.log_level);
    const std::string process = start.instance.empty() ? start.role : start.role + ":" + start.instance;
    if (start.log_to_file) {
      log_ = make_log(settings, process, descriptors.back().get());
      descriptors.pop_back();
    } else {
      log_ = make_log(settings, process);
    }
    log_->gather(*loop_, milliseconds(5));
  }

  // Privileges go and the sandbox closes before a byte is read from the network.
  std::string lock_in() {
    const control::Start& start = context_->start;
    const auto dropped = drop_privileges({start.uid, start.gid, start.max_descriptors, start.max_memory});
    if (!dropped) return dropped.error();
    if (!start.sandbox) return {};
    const auto closed = close_sandbox({start.writable, start.readable, daemon_->needs().network_out, false});
    if (!closed) return closed.error();
    for (const std::string& missing : closed->missing) log_->notice("sandbox incomplete", {{"missing", missing}});
    return {};
  }

  Task<control::Reloaded> reload(control::Reload request) {
    if (!daemon_) co_return control::Reloaded{"not started", {}};
    co_return daemon_->reload(request.settings);
  }
  Task<control::Drained> drain(control::Drain request) {
    if (!daemon_) co_return control::Drained{true};
    co_return control::Drained{co_await daemon_->drain(loop_->in(milliseconds(request.within_ms)))};
  }
  Task<control::Answer> ask(control::Ask question) {
    if (!daemon_) co_return control::Answer{exit_software, {}, "not started"};
    co_return co_await daemon_->ask(std::move(question));
  }
  Task<control::MetricsText> metrics_text() { co_return control::MetricsText{metrics_.text()}; }

  const DaemonFactory& factory_;
  std::unique_ptr<Loop> loop_;
  Metrics metrics_;
  std::unique_ptr<Log> log_;
  Link supervisor_;
  Channel* control_ = nullptr;
  std::unique_ptr<DaemonContext> context_;
  std::unique_ptr<Daemon> daemon_;
  std::unique_ptr<Rest> rest_;
  Task<> watcher_;
  int exit_status_ = 0;
};

}  // namespace

int run_daemon(const DaemonFactory& factory) {
  if (::fcntl(control_descriptor, F_GETFD) < 0) {
    std::fprintf(stderr, "This program is started by courierd. To run a server: courier sandbox, or courier start.\n");
    return exit_usage;
  }
  ::fcntl(control_descriptor, F_SETFD, FD_CLOEXEC);
  ::fcntl(control_descriptor, F_SETFL, O_NONBLOCK);
  std::signal(SIGPIPE, SIG_IGN);
  // The terminal's interrupt goes to the whole group: only the supervisor acts on it and drains us.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  return Host(factory).run();
}

}  // namespace courier
