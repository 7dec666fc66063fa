// What an administrator asks over the control socket, and reload.
#include <unistd.h>

#include "base/codec.h"
#include "daemons/supervisor/certificates.h"
#include "daemons/supervisor/metrics_merge.h"
#include "daemons/supervisor/supervisor.h"
#include "settings/changed.h"

namespace courier {

namespace {

constexpr int exit_usage = 64;
constexpr int exit_temporary = 75;
constexpr int exit_config = 78;
constexpr Duration longest_answer = minutes(2);
constexpr Duration longest_metrics = seconds(3);
constexpr Duration longest_sign_of_life = seconds(1);
// A question waits that long for a process that is being started again.
constexpr Duration longest_return = seconds(1);

struct ProcessStatus {
  std::string role, instance, state, since, last_end;
  std::int64_t pid = 0, restarts = 0, uid = 0;
  bool answers = false;  // just now
  template <class V>
  void fields(V& v) {
    v("role", role), v("instance", instance), v("pid", pid), v("state", state), v("answers", answers), v("restarts", restarts);
    v("since", since), v("uid", uid), v("last_end", last_end);
  }
};
struct ListenerStatus {
  std::string service, address;
  template <class V>
  void fields(V& v) {
    v("service", service), v("address", address);
  }
};
struct Status {
  std::string host_name, since, settings;
  std::int64_t pid = 0, uptime_s = 0;
  std::uint64_t boot = 0, descriptors_wanted = 0, descriptors_allowed = 0;
  bool serving = false;
  std::vector<ProcessStatus> processes;
  std::vector<ListenerStatus> listeners;
  template <class V>
  void fields(V& v) {
    v("host_name", host_name), v("pid", pid), v("since", since), v("uptime_s", uptime_s), v("boot", boot), v("serving", serving);
    v("settings", settings), v("descriptors_wanted", descriptors_wanted), v("descriptors_allowed", descriptors_allowed);
    v("processes", processes), v("listeners", listeners);
  }
};
struct ReloadResult {
  std::vector<std::string> needs_restart;
  template <class V>
  void fields(V& v) {
    v("needs_restart", needs_restart);
  }
};

bool contains(const std::vector<std::string>& list, const std::string& text) {
  for (const std::string& entry : list) {
    if (entry == text) return true;
  }
  return false;
}

// "table.key" of all that a restart would change; for the server's own table compared with what is applied.
std::vector<std::string> keys_needing_restart(Snapshot& before, SupervisorSettings& applied, Snapshot& after) {
  std::vector<std::string> keys;
  SettingTables old_tables = before.tables();
  const SettingTables new_tables = after.tables();
  for (std::size_t i = 0; i < new_tables.size(); ++i) {
    if (std::string_view(new_tables[i].name) == "server") old_tables[i].settings = &applied;
    for (const std::string& key : keys_needing_restart(old_tables[i], new_tables[i]))
      keys.push_back(std::string(new_tables[i].name) + "." + key);
  }
  return keys;
}

}  // namespace

Task<control::Answer> Supervisor::answer(control::Ask question) {
  if (question.verb == "status" || question.verb == "processes") co_return co_await status();
  if (question.verb == "reload") co_return co_await reload();
  if (question.verb == "stop" || question.verb == "drain") {
    stop(question.verb == "stop" ? server_.stop_time : server_.drain_time);
    co_return control::Answer{0, "{\"pid\":" + std::to_string(::getpid()) + "}", {}};
  }
  if (question.verb == "log reopen") {
    reopen_log();
    co_return control::Answer{0, "true", {}};
  }
  if (question.verb == "metrics") {
    const std::string text = co_await metrics_text();
    co_return control::Answer{0, json_string(text), {}};
  }
  co_return co_await relay(std::move(question));
}

Task<> Supervisor::look_for_life(DaemonProcess& process, bool& answers) {
  answers = (co_await process.control().call(control::GetMetrics{}, loop_.in(longest_sign_of_life))).has_value();
}

Task<control::Answer> Supervisor::status() {
  std::map<std::string, bool> answering;
  TaskGroup asked(loop_, no_exceptions());
  for (const auto& [name, process] : processes_) {
    bool& answers = answering[name];
    if (process->state() == DaemonProcess::State::Serving) asked.spawn(look_for_life(*process, answers));
  }
  co_await asked.wait_empty(Deadline::never());
  co_return describe(answering);
}

control::Answer Supervisor::describe(const std::map<std::string, bool>& answering) const {
  Status s;
  s.host_name = effective_host_name(server_);
  s.since = rfc3339_time(since_);
  s.settings = options_.settings_file;
  s.pid = ::getpid();
  s.uptime_s = (loop_.wall_now() - since_).seconds();
  s.boot = boot_;
  s.descriptors_wanted = static_cast<std::uint64_t>(server_.max_descriptors);
  s.descriptors_allowed = descriptor_limit_;
  s.serving = serving();
  for (const auto& [name, process] : processes_) {
    const DaemonProcess::Identity& identity = process->identity();
    const auto place = answering.find(name);
    s.processes.push_back({.role = identity.role->name,
                           .instance = identity.instance,
                           .state = to_string(process->state()),
                           .since = rfc3339_time(process->since()),
                           .last_end = process->last_end(),
                           .pid = process->pid(),
                           .restarts = process->restarts(),
                           .uid = identity.uid != 0 ? identity.uid : ::geteuid(),
                           .answers = place != answering.end() && place->second});
  }
  for (const BoundSocket& bound : sockets_) s.listeners.push_back({bound.info.service, bound.info.address});
  return {0, to_json(s), {}};
}

// The first word of a verb names the role that has it in the table ("queue list"), or else a process, which gets the rest
// ("mailbox:v0 status").
Task<control::Answer> Supervisor::relay(control::Ask question) {
  const std::size_t space = question.verb.find(' ');
  std::string name = question.verb.substr(0, space);
  if (const Role* role = role_for_verb(question.verb)) {
    name = role->name;
  } else if (space != std::string::npos) {
    question.verb.erase(0, space + 1);
  }
  const auto place = processes_.find(name);
  if (place == processes_.end()) co_return control::Answer{exit_usage, {}, "unknown verb: " + name};
  DaemonProcess& process = *place->second;
  if (!co_await process.wait_serving(loop_.in(longest_return))) {
    std::string why = std::string(" does not answer: ") + to_string(process.state());
    if (!process.last_end().empty()) why += ", ended with " + process.last_end();
    co_return control::Answer{exit_temporary, {}, name + why};
  }
  auto reply = co_await process.control().call(question, loop_.in(longest_answer));
  if (reply) co_return std::move(*reply);
  co_return control::Answer{exit_temporary, {}, name + " does not answer (" + to_string(reply.error()) + ")"};
}

Task<control::Answer> Supervisor::reload() {
  manager_.reloading();
  auto loaded = load_settings(options_.settings_file);
  std::string error;
  std::vector<control::Certificate> certificates;
  if (loaded) {
    auto read = read_certificates(disk_, loaded->snapshot.server.certificates);
    if (read) certificates = std::move(*read);
    else error = read.error();
  } else {
    for (const SettingFault& fault : loaded.error()) error += (error.empty() ? "" : "\n") + to_text(fault);
  }
  if (!error.empty()) {
    log_.error("reload failed", {{"why", error}, {"settings", "the old ones go on"}});
    manager_.ready("reload failed, the old settings go on");
    co_return control::Answer{exit_config, {}, error};
  }
  ReloadResult result;
  result.needs_restart = keys_needing_restart(loaded_.snapshot, server_, loaded->snapshot);
  server_ = without_restart(server_, loaded->snapshot.server);
  loaded_ = std::move(*loaded);
  certificates_ = std::move(certificates);
  std::vector<std::string> errors;
  TaskGroup running(loop_, no_exceptions());
  for (const auto& [name, process] : processes_) running.spawn(reload_process(*process, result.needs_restart, errors));
  co_await running.wait_empty(Deadline::never());
  manager_.ready("serving " + effective_host_name(server_));
  std::string waiting;
  for (const std::string& key : result.needs_restart) waiting += (waiting.empty() ? "" : ", ") + key;
  log_.notice("reloaded", {{"needs_restart", waiting}, {"errors", static_cast<std::uint64_t>(errors.size())}});
  for (const std::string& text : errors) error += (error.empty() ? "" : "\n") + text;
  co_return control::Answer{errors.empty() ? 0 : exit_config, to_json(result), error};
}

Task<> Supervisor::reload_process(DaemonProcess& process, std::vector<std::string>& needs_restart, std::vector<std::string>& errors) {
  if (process.state() != DaemonProcess::State::Serving) co_return;  // it starts with the new ones
  const Role& role = *process.identity().role;
  if (role.tls) process.control().notify(control::NewCertificates{certificates_});
  const auto reply = co_await process.control().call(control::Reload{settings_slice(role)}, loop_.in(longest_answer));
  std::string error = reply ? reply->error : std::string(to_string(reply.error()));
  if (!error.empty()) {
    log_.error("reload failed", {{"process", process.name()}, {"why", error}});
    errors.push_back(process.name() + ": " + error);
    co_return;
  }
  // What the declarations say is known already; a process may know of more.
  for (const std::string& key : reply->needs_restart) {
    bool known = false;
    for (const char* table : role.settings) known = known || contains(needs_restart, std::string(table) + "." + key);
    if (!known) needs_restart.push_back(std::string(role.settings.front()) + "." + key);
  }
}

Task<std::string> Supervisor::metrics_text() {
  std::vector<DaemonProcess*> serving;
  for (const auto& [name, process] : processes_) {
    if (process->state() == DaemonProcess::State::Serving) serving.push_back(process.get());
  }
  running_.set(static_cast<std::int64_t>(serving.size()));
  std::vector<std::pair<std::string, std::string>> texts{{"supervisor", metrics_.text()}};
  // One after the other: a process answers from its memory, at once.
  for (DaemonProcess* process : serving) {
    auto reply = co_await process->control().call(control::GetMetrics{}, loop_.in(longest_metrics));
    if (reply) texts.emplace_back(process->name(), std::move(reply->text));
  }
  co_return merge_metrics(texts);
}

}  // namespace courier
