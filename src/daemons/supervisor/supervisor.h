// The supervisor: makes an instance out of a settings snapshot. Binds ports, starts a process for every role, makes and
// re-makes the channels between them, answers the control socket, collects metrics, reloads, drains and stops.
// It parses no mail and reads nothing from the network but metrics requests.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemons/supervisor/control_socket.h"
#include "daemons/supervisor/daemon_process.h"
#include "daemons/supervisor/instance.h"
#include "daemons/supervisor/local_server.h"
#include "daemons/supervisor/metrics_server.h"
#include "daemons/supervisor/sockets.h"
#include "runtime/disk.h"
#include "runtime/metrics.h"
#include "runtime/notify.h"
#include "settings/files.h"

namespace courier {

struct SupervisorOptions {
  std::string settings_file;
  std::string libexec;  // where the daemons' programs lie
};

// The log that the settings ask for, for courierd itself.
[[nodiscard]] LogSettings log_settings(const SupervisorSettings& settings);

// What a process may say to the supervisor.
struct SupervisorServices {
  std::function<Task<control::MailboxEnsured>(control::EnsureMailbox, Deadline)> ensure_mailbox;
  std::function<void(control::ChannelBroken, std::vector<Descriptor>)> channel_broken;
};
// Registers on the control channel of a process what the authority table allows its role.
void serve_supervisor(std::string_view role, Channel& channel, SupervisorServices services);

class Supervisor final : private ProcessOwner, private ControlVerbs, private MetricsSource {
 public:
  // Everything referred to outlives it.
  Supervisor(Loop& loop, Log& log, Disk& disk, ServiceManager& manager, SupervisorOptions options, LoadedSettings loaded);
  ~Supervisor() override;

  // Folders, lock, ports, processes. Starts nothing when it fails.
  [[nodiscard]] Result<void, std::string> begin();
  // Ends when a signal or an administrator asked for the end and every process has ended.
  [[nodiscard]] Task<> run_until_stopped();

  // The same as the signals SIGHUP, SIGUSR1 and SIGTERM do.
  [[nodiscard]] Task<control::Answer> reload();
  void reopen_log();
  void stop(Duration within);

  // What the control socket answers.
  [[nodiscard]] Task<control::Answer> answer(control::Ask question) override;
  [[nodiscard]] Task<std::string> metrics_text() override;
  // Every process has answered Started.
  [[nodiscard]] bool serving() const;

 private:
  // supervisor.cc: the instance as a whole.
  Result<void, std::string> open_sockets();
  void raise_descriptor_limit();
  void start_processes();
  Task<> handle_signals();
  Task<> rotate_ticket_keys();
  Task<> say_still_alive();
  Task<> end_all(Duration within);
  Task<> stop_process(DaemonProcess& process, Deadline deadline, bool& clean);
  void announce_serving();

  // supervisor_processes.cc: what one process is given.
  WithDescriptors<control::Start> make_start(const DaemonProcess& process) override;
  void serve_control(DaemonProcess& process, Channel& channel) override;
  void serving(DaemonProcess& process) override;
  void connect(DaemonProcess& a, DaemonProcess& b);
  void channel_broken(const std::string& by, const control::ChannelBroken& notice);
  Task<> connect_again(std::string a, std::string b, std::uint64_t number);
  ProcessOwner& owner() { return *this; }
  Result<void, std::string> add_process(const Role& role, std::string instance);
  Task<control::MailboxEnsured> ensure_mailbox(control::EnsureMailbox request, Deadline deadline);
  Task<control::MailboxEnsured> do_ensure_mailbox(control::EnsureMailbox request, Deadline deadline);
  [[nodiscard]] DaemonProcess& mailbox_of(const control::EnsureMailbox& request);
  Task<> end_idle_mailboxes();
  Task<> end_if_idle(DaemonProcess& process);
  [[nodiscard]] std::string refuse_mailbox(const control::EnsureMailbox& request) const;
  [[nodiscard]] std::unique_ptr<DaemonProcess> make_process(DaemonProcess::Identity identity);
  [[nodiscard]] std::string settings_slice(const Role& role) const;

  // supervisor_verbs.cc: what an administrator asks.
  [[nodiscard]] Task<control::Answer> status();
  [[nodiscard]] Task<> look_for_life(DaemonProcess& process, bool& answers);
  // `answering`: by name, whether it gave a sign of life.
  [[nodiscard]] control::Answer describe(const std::map<std::string, bool>& answering) const;
  Task<control::Answer> relay(control::Ask question);
  Task<> reload_process(DaemonProcess& process, std::vector<std::string>& needs_restart, std::vector<std::string>& errors);

  Loop& loop_;
  Log& log_;
  Disk& disk_;
  ServiceManager& manager_;
  const SupervisorOptions options_;
  LoadedSettings loaded_;
  SupervisorSettings server_;  // as it is applied: what needs a restart stays as at the start
  Metrics metrics_;
  Counter& restarts_;
  Gauge& running_;
  std::optional<PidFile> pid_file_;
  std::uint64_t boot_ = 0;
  WallTime since_;
  std::uint64_t descriptor_limit_ = 0;
  std::vector<control::Certificate> certificates_;
  std::map<const Role*, std::vector<std::string>> ticket_keys_;  // a role cannot read another's sessions
  std::vector<BoundSocket> sockets_;
  std::vector<std::string> socket_files_;  // removed at the end
  Descriptor log_file_;
  std::map<std::string, std::unique_ptr<DaemonProcess>> processes_;
  std::map<std::string, Instant> ensured_;  // when auth last wanted a process that comes on demand, by name
  std::map<std::pair<std::string, std::string>, std::uint64_t> channels_;  // the number of the last one between two, names in order
  std::uint64_t last_channel_ = 0;
  std::vector<std::unique_ptr<LocalServer>> servers_;
  bool announced_ = false;
  bool stopping_ = false;
  CellRef stopped_;
  TaskGroup tasks_;
};

}  // namespace courier
