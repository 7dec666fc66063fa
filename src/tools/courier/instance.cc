#include "tools/courier/instance.h"

#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "courier_paths.h"
#include "settings/toml.h"
#include "tools/courier/unprivileged.h"

namespace courier::tool {

namespace fs = std::filesystem;

std::string config_path(const Invocation& invocation) {
  if (invocation.has("--config")) return fs::absolute(invocation.value("--config"));
  if (invocation.has("--dir")) return fs::absolute(invocation.value("--dir")) / "etc/courier.toml";
  return fs::path(paths::config) / "courier.toml";
}

namespace {

// As root, on a sandbox of somebody else: becomes its owner. The fault is for the administrator.
Result<void, std::vector<SettingFault>> become_owner_of_sandbox(const Invocation& invocation) {
  struct stat status{};
  const std::string folder = invocation.value("--dir");
  const bool named = invocation.has("--dir") && !invocation.has("--config");
  if (!named || ::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0 || status.st_uid == 0) return {};
  if (auto done = become({"of " + folder, status.st_uid, status.st_gid}); !done) {
    return fail(std::vector{SettingFault{config_path(invocation), 0, "", done.error()}});
  }
  return {};
}

// server.run_dir alone: a running server is reached also while its settings have faults, for then it runs on with the old ones.
std::string run_dir_in(const std::vector<SettingsText>& texts) {
  std::string run_dir = paths::run;
  for (const SettingsText& text : texts) {
    const auto document = parse_toml(text.text);
    if (!document || !text.trusted) continue;
    for (const TomlEntry& entry : document->entries) {
      const bool names_it = entry.table == "server" && entry.key == "run_dir" && entry.value.kind == TomlValue::Kind::Text;
      if (names_it) run_dir = entry.value.text;
    }
  }
  return run_dir;
}

}  // namespace

Result<LoadedSettings, std::vector<SettingFault>> load_instance(const Invocation& invocation) {
  if (auto done = become_owner_of_sandbox(invocation); !done) return fail(std::move(done.error()));
  return load_settings(config_path(invocation));
}

std::optional<LoadedSettings> instance_settings(const Invocation& invocation) {
  auto loaded = load_instance(invocation);
  if (loaded) return std::move(*loaded);
  for (const SettingFault& fault : loaded.error()) (void)std::fprintf(stderr, "%s\n", to_text(fault).c_str());
  return {};
}

std::string control_path(const LoadedSettings& settings) { return settings.snapshot.server.run_dir + "/control"; }

Result<std::string, control::Answer> find_control(const Invocation& invocation) {
  auto done = become_owner_of_sandbox(invocation);
  auto texts = done ? read_settings_files(config_path(invocation)) : fail(std::move(done.error()));
  if (texts) return run_dir_in(*texts) + "/control";
  std::string text;
  for (const SettingFault& fault : texts.error()) text += (text.empty() ? "" : "\n") + to_text(fault);
  return fail(control::Answer{EX_CONFIG, "", text});
}

Result<ControlClient, control::Answer> connect_instance(const Invocation& invocation) {
  auto path = find_control(invocation);
  if (!path) return fail(std::move(path.error()));
  if (auto client = ControlClient::connect(*path)) return std::move(*client);
  const bool forbidden = ::access(path->c_str(), F_OK) == 0 && ::access(path->c_str(), W_OK) != 0;
  if (forbidden) return fail(control::Answer{EX_NOPERM, "", *path + ": you may not talk to this server"});
  return fail(control::Answer{EX_UNAVAILABLE, "", "the server does not run (nobody listens at " + *path + ")"});
}

control::Answer ask_instance(const Invocation& invocation, const std::string& verb, const std::vector<std::string>& arguments) {
  auto client = connect_instance(invocation);
  return client ? client->ask(verb, arguments) : client.error();
}

std::string libexec_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = self.parent_path().parent_path() / "libexec/courier";
  if (!error && fs::exists(beside / "courierd", error)) return beside;
  return paths::libexec;
}

}  // namespace courier::tool
