#include "tools/courier/instance.h"

#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "courier_paths.h"
#include "tools/courier/unprivileged.h"

namespace courier::tool {

namespace fs = std::filesystem;

std::string config_path(const Invocation& invocation) {
  if (invocation.has("--config")) return fs::absolute(invocation.value("--config"));
  if (invocation.has("--dir")) return fs::absolute(invocation.value("--dir")) / "etc/courier.toml";
  return fs::path(paths::config) / "courier.toml";
}

Result<LoadedSettings, std::vector<SettingFault>> load_instance(const Invocation& invocation) {
  const std::string config = config_path(invocation);
  struct stat status{};
  const std::string folder = invocation.value("--dir");
  const bool named = invocation.has("--dir") && !invocation.has("--config");
  const bool foreign = named && ::geteuid() == 0 && ::stat(folder.c_str(), &status) == 0 && status.st_uid != 0;
  if (foreign) {
    if (auto done = become({"of " + folder, status.st_uid, status.st_gid}); !done)
      return fail(std::vector{SettingFault{config, 0, "", done.error()}});
  }
  return load_settings(config);
}

std::optional<LoadedSettings> instance_settings(const Invocation& invocation) {
  auto loaded = load_instance(invocation);
  if (loaded) return std::move(*loaded);
  for (const SettingFault& fault : loaded.error()) (void)std::fprintf(stderr, "%s\n", to_text(fault).c_str());
  return {};
}

std::string control_path(const LoadedSettings& settings) { return settings.snapshot.server.run_dir + "/control"; }

control::Answer ask_instance(const Invocation& invocation, const std::string& verb, const std::vector<std::string>& arguments) {
  const auto settings = instance_settings(invocation);
  if (!settings) return {EX_CONFIG, "", "the settings have faults"};
  const std::string path = control_path(*settings);
  auto client = ControlClient::connect(path);
  if (client) return client->ask(verb, arguments);
  if (::access(path.c_str(), F_OK) == 0 && ::access(path.c_str(), W_OK) != 0)
    return {EX_NOPERM, "", path + ": you may not talk to this server"};
  return {EX_UNAVAILABLE, "", "the server does not run (nobody listens at " + path + ")"};
}

std::string libexec_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = self.parent_path().parent_path() / "libexec/courier";
  if (!error && fs::exists(beside / "courierd", error)) return beside;
  return paths::libexec;
}

}  // namespace courier::tool
