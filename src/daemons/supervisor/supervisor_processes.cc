// What one process is given: its start, its channels; and mailbox processes on demand.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemons/supervisor/authority.h"
#include "daemons/supervisor/supervisor.h"
#include "daemons/supervisor/users.h"

namespace courier {

namespace {

constexpr Duration longest_ensure = seconds(15);
constexpr Duration longest_widening = seconds(5);
constexpr Duration longest_idle_check = minutes(1);
constexpr Duration longest_goodbye = seconds(5);
constexpr Duration pause_after_violation = seconds(1);

Descriptor duplicate(const Descriptor& descriptor) { return Descriptor(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, 3)); }

std::pair<std::string, std::string> in_order(const std::string& a, const std::string& b) {
  return a < b ? std::pair(a, b) : std::pair(b, a);
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  for (const std::string& entry : list) {
    if (entry == text) return true;
  }
  return false;
}

}  // namespace

Result<void, std::string> Supervisor::add_process(const Role& role, std::string instance) {
  const auto user = user_of(role, server_);
  if (!user) return fail(user.error());
  DaemonProcess::Identity identity{.role = &role, .instance = std::move(instance), .uid = user->uid, .gid = user->gid};
  for (const Folder folder : role.folders) identity.folders.push_back(folder_path(folder, server_));
  const std::string& caches = loaded_.snapshot.mailbox.cache_dir;
  if (role.sharded && !caches.empty()) {
    if (auto made = prepare_cache_folder(caches, *user); !made) return made;
    identity.folders.push_back(caches);
  }
  auto process = make_process(std::move(identity));
  const std::string name = process->name();
  processes_[name] = std::move(process);
  return {};
}

std::unique_ptr<DaemonProcess> Supervisor::make_process(DaemonProcess::Identity identity) {
  std::string program = options_.libexec + "/" + identity.role->program;
  return std::make_unique<DaemonProcess>(loop_, log_, owner(), std::move(identity), std::move(program), server_.restart_pause);
}

std::string Supervisor::settings_slice(const Role& role) const {
  SettingsEncoder encoder;
  // tables() refers into the snapshot and an encoder only reads.
  const SettingTables tables = const_cast<Snapshot&>(loaded_.snapshot).tables();
  for (const std::string_view wanted : role.settings) {
    for (const SettingTable& table : tables) {
      if (table.name == wanted) table.visit(table.settings, encoder);
    }
  }
  return encoder.bytes;
}

WithDescriptors<control::Start> Supervisor::make_start(const DaemonProcess& process) {
  const DaemonProcess::Identity& identity = process.identity();
  const LogSettings log = log_settings(server_);
  WithDescriptors<control::Start> out;
  control::Start& start = out.message;
  start.role = identity.role->name;
  start.instance = identity.instance;
  start.host_name = effective_host_name(server_);
  start.boot = boot_;
  start.settings = settings_slice(*identity.role);
  start.uid = identity.uid;
  start.gid = identity.gid;
  start.sandbox = server_.sandbox;
  start.writable = identity.folders;
  start.state_dir = state_folder(*identity.role, server_);
  start.mail_dir = server_.mail_dir;
  start.mailbox_shards = static_cast<std::uint32_t>(effective_mailbox_shards(server_));
  start.max_memory = static_cast<std::uint64_t>(server_.max_memory);
  start.max_descriptors = descriptor_limit_;
  start.log_format = static_cast<std::uint8_t>(log.format);
  start.log_target = static_cast<std::uint8_t>(log.target);
  start.log_level = static_cast<std::uint8_t>(log.level);
  for (const BoundSocket& bound : sockets_) {
    if (bound.role != identity.role) continue;
    start.listeners.push_back(bound.info);
    out.descriptors.push_back(duplicate(bound.socket));
  }
  if (log_file_) {
    start.log_to_file = true;
    out.descriptors.push_back(duplicate(log_file_));
  }
  if (identity.role->tls) {
    start.ticket_keys = ticket_keys_.at(identity.role);
    start.certificates = certificates_;
  }
  return out;
}

void serve_supervisor(std::string_view role, Channel& channel, SupervisorServices services) {
  if (may_send(role, "supervisor", control::EnsureMailbox::type)) {
    channel.serve<control::EnsureMailbox>(std::move(services.ensure_mailbox));
  }
  if (may_send(role, "supervisor", control::ChannelBroken::type)) {
    channel.on_notice<control::ChannelBroken>(std::move(services.channel_broken));
  }
}

void Supervisor::serve_control(DaemonProcess& process, Channel& channel) {
  SupervisorServices services;
  services.ensure_mailbox = [this](control::EnsureMailbox request, Deadline deadline) {
    return ensure_mailbox(std::move(request), deadline);
  };
  services.channel_broken = [this, by = process.name()](const control::ChannelBroken& notice, const std::vector<Descriptor>&) {
    channel_broken(by, notice);
  };
  serve_supervisor(process.identity().role->name, channel, std::move(services));
}

void Supervisor::serving(DaemonProcess& process) {
  if (process.restarts() > 0) restarts_.add();
  for (const auto& [name, other] : processes_) {
    if (other.get() == &process || other->state() != DaemonProcess::State::Serving) continue;
    if (are_connected(process.identity().role->name, other->identity().role->name)) connect(process, *other);
  }
  announce_serving();
}

void Supervisor::connect(DaemonProcess& a, DaemonProcess& b) {
  SocketPair ends = make_socket_pair();
  std::vector<Descriptor> first, second;
  first.push_back(std::move(ends.first));
  second.push_back(std::move(ends.second));
  const std::uint64_t number = ++last_channel_;
  channels_[in_order(a.name(), b.name())] = number;
  a.control().notify(control::OpenChannel{b.name(), number}, std::move(first));
  b.control().notify(control::OpenChannel{a.name(), number}, std::move(second));
}

// A report on a channel that was replaced meanwhile says nothing about the new one.
void Supervisor::channel_broken(const std::string& by, const control::ChannelBroken& notice) {
  const auto place = channels_.find(in_order(by, notice.peer));
  if (place == channels_.end() || place->second != notice.number) return;
  tasks_.spawn(connect_again(by, notice.peer, notice.number));
}

Task<> Supervisor::connect_again(std::string a, std::string b, std::uint64_t number) {
  co_await loop_.sleep(pause_after_violation);
  const auto channel = channels_.find(in_order(a, b));
  const auto first = processes_.find(a), second = processes_.find(b);
  if (channel == channels_.end() || channel->second != number || first == processes_.end() || second == processes_.end()) co_return;
  if (first->second->state() != DaemonProcess::State::Serving || second->second->state() != DaemonProcess::State::Serving) co_return;
  connect(*first->second, *second->second);
}

std::string Supervisor::refuse_mailbox(const control::EnsureMailbox& request) const {
  if (stopping_) return "stopping";
  if (!request.root.starts_with('/')) return "the mail folder is not an absolute path";
  if (users_are_separate(server_)) {
    if (request.uid == 0 || request.gid == 0) return "mail is never served as root";
    if (is_reserved_uid(request.uid, server_)) return "user " + std::to_string(request.uid) + " runs a process of the server";
  } else if (request.uid != ::geteuid()) {
    return "this instance runs everything as user " + std::to_string(::geteuid());
  }
  return {};
}

Task<control::MailboxEnsured> Supervisor::ensure_mailbox(control::EnsureMailbox request, Deadline deadline) {
  const std::uint32_t uid = request.uid;
  control::MailboxEnsured answer = co_await do_ensure_mailbox(std::move(request), deadline);
  if (!answer.error.empty()) log_.warning("mailbox process refused", {{"uid", static_cast<std::uint64_t>(uid)}, {"why", answer.error}});
  co_return answer;
}

Task<control::MailboxEnsured> Supervisor::do_ensure_mailbox(control::EnsureMailbox request, Deadline deadline) {
  if (std::string why = refuse_mailbox(request); !why.empty()) co_return control::MailboxEnsured{std::move(why)};
  deadline = deadline.sooner(loop_.in(longest_ensure));
  DaemonProcess& process = mailbox_of(request);
  const std::string name = process.name();
  ensured_[name] = loop_.now();
  // Idle until now, and on its way out.
  if (process.state() == DaemonProcess::State::Draining) co_await process.wait_ended(deadline);
  if (!contains(process.identity().folders, request.root)) {
    process.identity().folders.push_back(request.root);
    // Its sandbox can only be made wider by a new process.
    if (process.state() != DaemonProcess::State::Draining) co_await process.stop(loop_.in(longest_widening));
  }
  if (process.state() == DaemonProcess::State::Ended && !stopping_) process.start();
  if (co_await process.wait_serving(deadline)) co_return control::MailboxEnsured{};
  co_return control::MailboxEnsured{name + " does not start" + (process.last_end().empty() ? "" : ": " + process.last_end())};
}

DaemonProcess& Supervisor::mailbox_of(const control::EnsureMailbox& request) {
  const std::string instance = "u" + std::to_string(request.uid);
  const auto place = processes_.find("mailbox:" + instance);
  if (place != processes_.end()) return *place->second;
  DaemonProcess::Identity identity{.role = find_role("mailbox"), .instance = instance, .on_demand = true};
  if (users_are_separate(server_)) identity.uid = request.uid, identity.gid = request.gid;
  if (const std::string& caches = loaded_.snapshot.mailbox.cache_dir; !caches.empty()) {
    const std::string own = caches + "/" + instance;
    if (const auto made = prepare_own_folder(own, {identity.uid, identity.gid}); made) {
      identity.folders.push_back(own);
    } else {
      log_.warning("no place for caches", {{"uid", std::uint64_t{request.uid}}, {"why", made.error()}});
    }
  }
  auto process = make_process(std::move(identity));
  return *processes_.emplace(process->name(), std::move(process)).first->second;
}

// The process knows whether somebody works with it; what auth wants it for may be on its way to it.
Task<> Supervisor::end_idle_mailboxes() {
  while (true) {
    co_await loop_.sleep(std::min(milliseconds(loaded_.snapshot.mailbox.idle_time.milliseconds() / 2), longest_idle_check));
    for (const auto& [name, process] : processes_) {
      if (process->identity().on_demand && process->state() == DaemonProcess::State::Serving) tasks_.spawn(end_if_idle(*process));
    }
  }
}

Task<> Supervisor::end_if_idle(DaemonProcess& process) {
  const auto reply = co_await process.control().call(control::Ask{.verb = "idle", .arguments = {}}, loop_.in(longest_idle_check));
  const bool wanted = loop_.now() - ensured_[process.name()] < loaded_.snapshot.mailbox.idle_time;
  if (!reply || reply->json != "true" || wanted || stopping_ || process.state() != DaemonProcess::State::Serving) co_return;
  log_.info("process is idle", {{"process", process.name()}});
  co_await process.stop(loop_.in(longest_goodbye));
}

}  // namespace courier
