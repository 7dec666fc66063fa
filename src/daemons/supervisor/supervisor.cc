#include "daemons/supervisor/supervisor.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "daemons/supervisor/certificates.h"
#include "daemons/supervisor/users.h"
#include "runtime/listener.h"
#include "runtime/random.h"
#include "runtime/signals.h"

namespace courier {

namespace {

constexpr std::size_t ticket_key_size = 80;  // runtime/tls.h
constexpr std::size_t ticket_keys_kept = 2;
// Sessions end first: in front those that mailbox says goodbye to, so both at a time. Whom others ask ends last.
constexpr const char* stop_order[][5] = {
    {"front", "mailbox", "smtpd-mx", "smtpd-submission", "smtpd-inject"}, {"queue", "esmtp"}, {"auth"}};

Descriptor open_log_file(const SupervisorSettings& settings) {
  if (settings.log_target != "file" || settings.log_file.empty()) return {};
  return Descriptor(::open(settings.log_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
}

}  // namespace

LogSettings log_settings(const SupervisorSettings& s) {
  LogSettings out;
  out.format = s.log_format == "json" ? LogSettings::Format::Json : LogSettings::Format::Text;
  out.target = s.log_target == "file"       ? LogSettings::Target::File
               : s.log_target == "journald" ? LogSettings::Target::Journald
                                            : LogSettings::Target::Stderr;
  out.file = s.log_file;
  for (const LogLevel level : {LogLevel::Debug, LogLevel::Info, LogLevel::Notice, LogLevel::Warning, LogLevel::Error}) {
    if (s.log_level == to_string(level)) out.level = level;
  }
  return out;
}

Supervisor::Supervisor(Loop& loop, Log& log, Disk& disk, ServiceManager& manager, SupervisorOptions options, LoadedSettings loaded)
    : loop_(loop),
      log_(log),
      disk_(disk),
      manager_(manager),
      options_(std::move(options)),
      loaded_(std::move(loaded)),
      server_(loaded_.snapshot.server),
      restarts_(metrics_.counter("courier_process_restarts_total", "Processes that ended and were started again.")),
      running_(metrics_.gauge("courier_processes_serving", "Processes that serve.")),
      since_(loop.wall_now()),
      stopped_(make_cell()),
      tasks_(loop, no_exceptions()) {}

Supervisor::~Supervisor() {
  if (!pid_file_) return;
  for (const std::string& path : socket_files_) ::unlink(path.c_str());
}

Result<void, std::string> Supervisor::begin() {
  if (auto done = prepare_folders(server_); !done) return done;
  auto pid_file = PidFile::create(server_.run_dir);
  if (!pid_file) return fail(pid_file.error());
  pid_file_.emplace(std::move(*pid_file));
  auto certificates = read_certificates(disk_, server_.certificates);
  if (!certificates) return fail(certificates.error());
  certificates_ = std::move(*certificates);
  raise_descriptor_limit();
  log_file_ = open_log_file(server_);
  if (server_.log_target == "file" && !log_file_) return fail("cannot open " + server_.log_file);
  if (auto done = open_sockets(); !done) return done;
  const auto boot = next_boot(disk_, server_.state_dir, loop_.wall_now());
  if (!boot) return fail(boot.error());
  boot_ = *boot;
  for (const Role& role : roles()) {
    if (role.tls) ticket_keys_[&role] = {random_bytes(ticket_key_size)};
    if (!role.sharded) {
      if (auto done = add_process(role, {}); !done) return done;
      continue;
    }
    for (std::int64_t i = 0; i < effective_mailbox_shards(server_); ++i) {
      if (auto done = add_process(role, "v" + std::to_string(i)); !done) return done;
    }
  }
  log_.notice("starting", {{"host_name", effective_host_name(server_)}, {"boot", boot_}, {"settings", options_.settings_file}});
  start_processes();
  return {};
}

Result<void, std::string> Supervisor::open_sockets() {
  auto sockets = bind_all(server_);
  if (!sockets) return fail(sockets.error());
  sockets_ = std::move(*sockets);
  for (const BoundSocket& bound : sockets_) {
    if (ListenAddress a; parse_listen_address(bound.info.address, a) && !a.path.empty()) socket_files_.push_back(a.path);
  }
  socket_files_.insert(socket_files_.end(), {server_.run_dir + "/control", server_.run_dir + "/metrics"});
  auto control = bind_listener(Endpoint{.ip = {}, .port = 0, .path = server_.run_dir + "/control"}, 64, 0600);
  if (!control) return fail(control.error());
  servers_.push_back(std::make_unique<LocalServer>(loop_, std::move(*control),
                                                   [this](StreamPtr stream) { return control_session(loop_, *this, std::move(stream)); }));
  std::vector<ListenAddress> addresses{{.host = {}, .port = 0, .path = server_.run_dir + "/metrics"}};
  for (const std::string& text : server_.listen_metrics) {
    if (ListenAddress address; parse_listen_address(text, address)) addresses.push_back(address);
  }
  for (const ListenAddress& address : addresses) {
    bool any = false;
    for (const Endpoint& endpoint : listen_endpoints(address, any)) {
      auto socket = bind_listener(endpoint, 64, 0600);
      if (!socket && any) continue;
      if (!socket) return fail(socket.error());
      servers_.push_back(std::make_unique<LocalServer>(
          loop_, std::move(*socket), [this](StreamPtr stream) { return metrics_session(loop_, *this, std::move(stream)); }));
    }
  }
  return {};
}

void Supervisor::raise_descriptor_limit() {
  const auto wanted = static_cast<rlim_t>(server_.max_descriptors);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < wanted) {
    // Root may raise it; for others this fails and the limit stays.
    const rlimit more{wanted, wanted};
    ::setrlimit(RLIMIT_NOFILE, &more);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  descriptor_limit_ = limit.rlim_max < wanted ? limit.rlim_max : wanted;
  if (descriptor_limit_ < wanted) {
    log_.warning("descriptor limit", {{"wanted", static_cast<std::uint64_t>(wanted)}, {"allowed", descriptor_limit_}});
  }
}

void Supervisor::start_processes() {
  for (const auto& [name, process] : processes_) process->start();
  tasks_.spawn(rotate_ticket_keys());
  tasks_.spawn(end_idle_mailboxes());
  if (manager_.watchdog().nanoseconds > 0) tasks_.spawn(say_still_alive());
}

Task<> Supervisor::run_until_stopped() {
  tasks_.spawn(handle_signals());
  co_await CellRef(stopped_);
}

Task<> Supervisor::handle_signals() {
  Signals signals(loop_, {SIGTERM, SIGINT, SIGHUP, SIGUSR1});
  for (;;) {
    const int number = co_await signals.next();
    if (number == SIGHUP) {
      co_await reload();
    } else if (number == SIGUSR1) {
      reopen_log();
    } else {
      // Asked twice: at once. Destroying the processes kills them.
      if (stopping_) stopped_->complete();
      stop(server_.stop_time);
    }
  }
}

Task<> Supervisor::rotate_ticket_keys() {
  for (;;) {
    co_await loop_.sleep(server_.ticket_key_lifetime);
    for (auto& [role, keys] : ticket_keys_) {
      keys.insert(keys.begin(), random_bytes(ticket_key_size));
      if (keys.size() > ticket_keys_kept) keys.pop_back();
    }
    for (const auto& [name, process] : processes_) {
      const auto keys = ticket_keys_.find(process->identity().role);
      if (keys != ticket_keys_.end()) process->control().notify(control::NewTicketKeys{keys->second});
    }
  }
}

Task<> Supervisor::say_still_alive() {
  for (;;) {
    manager_.still_alive();
    co_await loop_.sleep(manager_.watchdog());
  }
}

bool Supervisor::serving() const {
  for (const auto& [name, process] : processes_) {
    if (!process->identity().on_demand && process->state() != DaemonProcess::State::Serving) return false;
  }
  return !processes_.empty() && !stopping_;
}

void Supervisor::announce_serving() {
  if (announced_ || !serving()) return;
  announced_ = true;
  manager_.ready("serving " + effective_host_name(server_));
  log_.notice("serving", {{"host_name", effective_host_name(server_)}, {"processes", static_cast<std::uint64_t>(processes_.size())}});
}

void Supervisor::reopen_log() {
  log_.reopen();
  Descriptor file = open_log_file(server_);
  if (!file) return;
  log_file_ = std::move(file);
  for (const auto& [name, process] : processes_) {
    std::vector<Descriptor> files;
    files.emplace_back(::fcntl(log_file_.get(), F_DUPFD_CLOEXEC, 3));
    process->control().notify(control::ReopenLog{true}, std::move(files));
  }
}

void Supervisor::stop(Duration within) {
  if (stopping_) return;
  stopping_ = true;
  manager_.stopping();
  tasks_.spawn(end_all(within));
}

Task<> Supervisor::end_all(Duration within) {
  log_.notice("stopping", {{"within_s", within.seconds()}});
  const Deadline deadline = loop_.in(within);
  bool clean = true;
  for (const auto& group : stop_order) {
    TaskGroup stopping(loop_, no_exceptions());
    for (const auto& [name, process] : processes_) {
      for (const char* role : group) {
        if (role && std::string_view(process->identity().role->name) == role) stopping.spawn(stop_process(*process, deadline, clean));
      }
    }
    co_await stopping.wait_empty(Deadline::never());
  }
  log_.notice("stopped", {{"clean", clean}});
  stopped_->complete();
}

Task<> Supervisor::stop_process(DaemonProcess& process, Deadline deadline, bool& clean) {
  if (!co_await process.stop(deadline)) clean = false;
}

}  // namespace courier
