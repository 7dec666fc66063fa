// courierd --config FILE: runs an instance in the foreground until it is told to stop.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "courier_paths.h"
#include "daemons/supervisor/supervisor.h"
#include "runtime/platform.h"
#include "runtime/rest.h"

namespace {

constexpr int exit_usage = 64;
constexpr int exit_cannot = 71;
constexpr int exit_config = 78;

// The daemons lie beside this program, so that a build folder and a copy run as they are.
std::string own_folder(const char* argv0) {
  char path[4096];
  const ssize_t n = ::readlink("/proc/self/exe", path, sizeof path);
  const std::string program = n > 0 ? std::string(path, static_cast<std::size_t>(n)) : argv0;
  const std::size_t slash = program.rfind('/');
  return slash == std::string::npos ? courier::paths::libexec : program.substr(0, slash);
}

int run(const std::string& settings_file, const std::string& libexec) {
  auto loaded = courier::load_settings(settings_file);
  if (!loaded) {
    for (const auto& fault : loaded.error()) std::fprintf(stderr, "%s\n", to_text(fault).c_str());
    return exit_config;
  }
  const courier::SupervisorSettings server = loaded->snapshot.server;
  if (::geteuid() == 0 && !server.separate_users) {
    std::fprintf(stderr,
                 "courierd: with server.separate_users = false mail would be served as root, which it never is. "
                 "Run it as an ordinary user (courier sandbox does so), or let it have its users.\n");
    return exit_config;
  }
  const auto log = make_log(log_settings(server), "courierd");
  const auto loop = courier::make_loop();
  // It holds private keys.
  if (const auto done = courier::platform::refuse_tracing(); !done) log->warning("not protected", {{"why", done.error()}});
  courier::ServiceManager manager;
  courier::Supervisor supervisor(*loop, *log, courier::real_disk(), manager, {settings_file, libexec}, std::move(*loaded));
  if (const auto begun = supervisor.begin(); !begun) {
    log->error("cannot start", {{"why", begun.error()}});
    if (server.log_target != "stderr") std::fprintf(stderr, "courierd: %s\n", begun.error().c_str());
    return exit_cannot;
  }
  const courier::Rest rest(*loop);
  run_until_done(*loop, supervisor.run_until_stopped());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string settings_file = std::string(courier::paths::config) + "/courier.toml";
  if (argc == 3 && std::string_view(argv[1]) == "--config") {
    settings_file = std::filesystem::absolute(argv[2]);
  } else if (argc != 1) {
    std::fprintf(stderr, "usage: courierd [--config FILE]\nRuns a mail server in the foreground. See also: courier --help\n");
    return exit_usage;
  }
  return run(settings_file, own_folder(argv[0]));
}
