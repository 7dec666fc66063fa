// courier setup --remove: everything that setup and the server made, but mail and settings. Accounts, domains and aliases are
// settings here.
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "runtime/disk.h"
#include "settings/files.h"
#include "store/queue/spool.h"
#include "tools/courier/instance.h"
#include "tools/courier/output.h"
#include "tools/courier/setup_plan.h"
#include "tools/courier/system.h"

namespace courier::tool {

namespace fs = std::filesystem;

namespace {

void say(const Invocation& invocation, const std::string& text) {
  if (!invocation.json()) (void)std::printf("%s\n", text.c_str());
}

void stop_server(const std::string& control) {
  if (auto client = ControlClient::connect(control)) (void)client->ask_to_end("stop");
}

// Queued messages are mail. A spool that cannot be read may hold some.
Result<std::int64_t, std::string> queued(const std::string& folder) {
  if (!fs::exists(folder) || fs::is_empty(folder)) return 0;
  spool::OpenReport report;
  auto spool = spool::Spool::open(real_disk(), {.folder = folder}, 0, report);
  if (!spool) return fail(spool.error());
  return (*spool)->count();
}

void remove_folder(const Invocation& invocation, const std::string& folder) {
  std::error_code error;
  if (fs::remove_all(folder, error) > 0 && !error) say(invocation, "removed " + folder);
}

// The folder when nothing is left in it, and so on upwards within `top`.
void remove_empty(std::string folder, const std::string& top) {
  std::error_code error;
  while (folder.starts_with(top) && fs::remove(folder, error) && !error) folder = fs::path(folder).parent_path();
}

void undo(const Invocation& invocation, const std::string& made) {
  if (made.starts_with("user ")) {
    const std::string name = made.substr(5);
    if (!user_exists(name)) return;
    if (auto removed = remove_system_user(name); !removed) {
      (void)print_error(invocation, EX_OSERR, removed.error());
    } else {
      say(invocation, "removed user " + name);
    }
  } else if (made.starts_with("file ")) {
    std::error_code error;
    if (fs::remove(made.substr(5), error)) say(invocation, "removed " + made.substr(5));
  }
}

}  // namespace

int remove_setup(const Invocation& invocation, const SetupPlan& plan) {
  const auto loaded = load_settings(plan.config());
  if (!loaded) {
    return print_error(invocation, EX_CONFIG, to_text(loaded.error().front()) + "\n(the settings say where things lie; mend them first)");
  }
  const SupervisorSettings& server = loaded->snapshot.server;
  const std::vector<std::string> made = read_record(server.state_dir);
  for (const std::string& what : made) {
    if (what.ends_with("/courier.service") && systemd_runs()) (void)run_program({"systemctl", "disable", "--now", "courier.service"});
  }
  stop_server(control_path(*loaded));
  const auto waiting = queued(server.spool_dir);
  if (waiting && *waiting == 0) {
    remove_folder(invocation, server.spool_dir);
  } else {
    say(invocation, "kept " + server.spool_dir + ": " + (waiting ? std::to_string(*waiting) + " messages are queued" : waiting.error()));
  }
  remove_folder(invocation, server.run_dir);
  for (const std::string& what : made) undo(invocation, what);
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(server.state_dir, error)) {
    const bool keep = entry.path().filename() == "auth" || server.mail_dir.starts_with(entry.path().string());
    if (!keep) fs::remove_all(entry.path(), error);
  }
  remove_empty(server.mail_dir, server.mail_dir);
  if (invocation.has("--prefix")) {
    const std::string prefix = fs::path(plan.config_dir).parent_path().parent_path();
    for (const std::string& folder : {server.run_dir, server.spool_dir}) remove_empty(fs::path(folder).parent_path(), prefix + "/");
  }
  if (!made.empty() && systemd_runs()) (void)run_program({"systemctl", "daemon-reload"});
  say(invocation,
      "kept the mail in " + server.mail_dir + ", the accounts in " + server.state_dir + "/auth and the settings in " + plan.config_dir);
  return EX_OK;
}

}  // namespace courier::tool
