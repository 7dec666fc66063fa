#include "tools/courier/system.h"

#include <pwd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace courier::tool {

int run_program(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  (void)std::fflush(stdout);  // what we said comes before what it says
  const pid_t pid = ::fork();
  if (pid < 0) return EX_OSERR;
  if (pid == 0) {
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool user_exists(const std::string& name) { return ::getpwnam(name.c_str()) != nullptr; }

Result<void, std::string> make_system_user(const std::string& name) {
  const int status = run_program({"useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell",
                                  "/usr/sbin/nologin", "--comment", "Courier mail server", name});
  if (status == 0) return {};
  if (status == 127) return fail("useradd is not there; make the system user " + name + " yourself and run setup again");
  return fail("useradd " + name + " ended with status " + std::to_string(status));
}

Result<void, std::string> remove_system_user(const std::string& name) {
  const int status = run_program({"userdel", name});
  if (status != 0) return fail("userdel " + name + " ended with status " + std::to_string(status));
  return {};
}

bool systemd_runs() {
  std::error_code error;
  return std::filesystem::is_directory("/run/systemd/system", error);
}

std::string unit_text(const std::string& command, const std::string& config, const std::vector<std::string>& writable) {
  std::string paths;
  for (const std::string& folder : writable) paths += " -" + folder;
  // 78: the settings are wrong, and will be when it is started again. The supervisor ends its processes politely and only then itself.
  // It stays root, to start processes under other users; the processes lock themselves in further (docs/PROCESSES.md).
  return "# Made by `courier setup`.\n"
         "[Unit]\n"
         "Description=Courier mail server\n"
         "Documentation=man:courier(1)\n"
         "Wants=network-online.target\n"
         "After=network-online.target\n"
         "\n"
         "[Service]\n"
         "Type=notify\n"
         "NotifyAccess=main\n"
         "ExecStart=" +
         command + " start --config " + config +
         "\n"
         "ExecReload=" +
         command + " reload --config " + config +
         "\n"
         "Restart=on-failure\n"
         "RestartSec=2\n"
         "RestartPreventExitStatus=78\n"
         "WatchdogSec=60\n"
         "KillMode=mixed\n"
         "TimeoutStopSec=90\n"
         "LimitNOFILE=1048576\n"
         "CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_NET_BIND_SERVICE CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE CAP_KILL "
         "CAP_SYS_RESOURCE\n"
         "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
         "ProtectSystem=full\n"
         "ReadWritePaths=" +
         (paths.empty() ? "" : paths.substr(1)) +
         "\n"
         "PrivateDevices=yes\n"
         "ProtectClock=yes\n"
         "ProtectControlGroups=yes\n"
         "ProtectHostname=yes\n"
         "ProtectKernelModules=yes\n"
         "ProtectKernelTunables=yes\n"
         "LockPersonality=yes\n"
         "RestrictRealtime=yes\n"
         "\n"
         "[Install]\n"
         "WantedBy=multi-user.target\n";
}

}  // namespace courier::tool
