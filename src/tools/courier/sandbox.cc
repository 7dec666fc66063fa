// courier sandbox: a private instance from nothing to "ready".
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "base/codec.h"
#include "base/text.h"
#include "tools/courier/actions.h"
#include "tools/courier/instance.h"
#include "tools/courier/launch.h"
#include "tools/courier/output.h"
#include "tools/courier/sandbox_files.h"
#include "tools/courier/text_file.h"
#include "tools/courier/unprivileged.h"

namespace courier::tool {

namespace fs = std::filesystem;

namespace {

struct Fault {
  int status;
  std::string text;
};
template <class T = void>
using Step = Result<T, Fault>;

Step<std::uint32_t> number(const Invocation& invocation, const char* option, std::uint32_t otherwise, std::uint32_t most) {
  if (!invocation.has(option)) return otherwise;
  const std::string text = invocation.value(option);
  const auto value = to_u32(text);
  if (!value || *value > most)
    return fail(Fault{EX_USAGE, std::string(option) + " takes a number up to " + std::to_string(most) + ", not " + text});
  return *value;
}

Step<SandboxPlan> plan_of(const Invocation& invocation) {
  SandboxPlan plan;
  plan.folder = fs::absolute(invocation.value("--dir", "courier-sandbox")).lexically_normal();
  while (plan.folder.size() > 1 && plan.folder.ends_with('/')) plan.folder.pop_back();
  const auto users = number(invocation, "--users", plan.users, 1'000'000);
  if (!users) return fail(users.error());
  const auto base = number(invocation, "--port-base", plan.port_base, 65'535 - 14'190);
  if (!base) return fail(base.error());
  plan.users = *users;
  plan.port_base = *base;
  plan.domain = to_lower(invocation.value("--domain", plan.domain));
  plan.dns = invocation.value("--dns");
  plan.settings = invocation.values("--set");
  return plan;
}

// The daemons must be reachable for the user; a build below root's home is not, and is copied into the sandbox.
Step<std::string> daemons_for(const SandboxPlan& plan, const UnixUser& user) {
  std::string folder = libexec_folder();
  if (barrier(folder, user).empty()) return folder;
  std::string copy = plan.folder + "/libexec/courier";
  std::error_code error;
  fs::remove_all(copy, error);
  fs::create_directories(copy, error);
  if (!error) fs::copy(folder, copy, fs::copy_options::recursive, error);
  if (error) return fail(Fault{EX_CANTCREAT, "copying the daemons from " + folder + " to " + copy + ": " + error.message()});
  return copy;
}

// As root: makes the folder, gives it to the unprivileged user and becomes that user. Returns the folder of the daemons.
Step<std::string> step_down(const Invocation& invocation, const SandboxPlan& plan) {
  if (::geteuid() != 0) return libexec_folder();
  const auto user = find_user(invocation.value("--user", "nobody"));
  if (!user) return fail(Fault{EX_NOUSER, user.error()});
  if (user->uid == 0) return fail(Fault{EX_USAGE, "a sandbox does not run as root; name another --user"});
  if (auto made = make_folder(plan.folder, 0755); !made) return fail(Fault{EX_CANTCREAT, made.error()});
  if (const std::string at = barrier(plan.folder, *user); !at.empty()) {
    return fail(
        Fault{EX_NOPERM, "user " + user->name + ", whom the sandbox runs as, may not enter " + at + "; name another folder with --dir"});
  }
  auto daemons = daemons_for(plan, *user);
  if (!daemons) return daemons;
  if (auto given = give_folder(plan.folder, *user); !given) return fail(Fault{EX_NOPERM, given.error()});
  if (auto done = become(*user); !done) return fail(Fault{EX_NOPERM, done.error()});
  return daemons;
}

std::string summary(const SandboxPlan& plan, bool background) {
  const auto at = [&](int port) { return "127.0.0.1:" + plan.port(port); };
  std::string accounts = "alice@" + plan.domain + ", bob@" + plan.domain;
  if (plan.users > 0) accounts += ", user1@" + plan.domain;
  if (plan.users > 1) accounts += " ... user" + std::to_string(plan.users) + "@" + plan.domain;
  const std::string stop = "courier stop --dir " + plan.folder;
  return "Courier runs in " + plan.folder + "\n\n" +
         align({{"  SMTP", at(25)},
                {"  submission", at(587) + " (STARTTLS), " + at(465) + " (TLS)"},
                {"  IMAP", at(143) + " (STARTTLS), " + at(993) + " (TLS)"},
                {"  POP3", at(110) + " (STARTTLS), " + at(995) + " (TLS)"},
                {"  accounts", accounts},
                {"  password", kSandboxPassword},
                {"  certificate", plan.certificate() + " (self-signed)"},
                {"  settings", plan.config()},
                {"  stop", background ? stop : "Ctrl-C, or " + stop}}) +
         "\nTry:  curl smtp://" + at(25) + " --crlf --mail-from bob@" + plan.domain + " --mail-rcpt alice@" + plan.domain +
         " -T README.md\n      curl imap://" + at(143) + "/INBOX -u alice@" + plan.domain + ":" + kSandboxPassword +
         " -X 'FETCH 1:* (FLAGS ENVELOPE)'\n\nready\n";
}

std::string json_summary(const SandboxPlan& plan, pid_t pid) {
  static constexpr std::pair<const char*, int> services[] = {{"smtp", 25},   {"submission", 587}, {"submissions", 465}, {"imap", 143},
                                                             {"imaps", 993}, {"pop3", 110},       {"pop3s", 995}};
  std::string out = "{\"ready\":true,\"dir\":" + json_string(plan.folder) + ",\"pid\":" + std::to_string(pid) +
                    ",\"domain\":" + json_string(plan.domain) + ",\"users\":" + std::to_string(plan.users) +
                    ",\"password\":" + json_string(kSandboxPassword) + ",\"certificate\":" + json_string(plan.certificate());
  for (const auto& [name, port] : services) out += std::string(",\"") + name + "\":" + plan.port(port);
  return out + "}\n";
}

// The settings that were written, read as courierd will read them: a wrong --set is told of here.
Step<std::string> control_socket(const SandboxPlan& plan) {
  const auto loaded = load_settings(plan.config());
  if (loaded) return control_path(*loaded);
  std::string text = "the settings have faults";
  for (const SettingFault& fault : loaded.error()) text += "\n" + to_text(fault);
  return fail(Fault{EX_CONFIG, text});
}

Step<pid_t> bring_up(const Invocation& invocation, const SandboxPlan& plan) {
  if (auto fit = check_sandbox_folder(plan.folder); !fit) return fail(Fault{EX_USAGE, fit.error()});
  const auto daemons = step_down(invocation, plan);
  if (!daemons) return fail(daemons.error());
  if (auto made = make_folder(plan.folder, 0755); !made) return fail(Fault{EX_CANTCREAT, made.error()});
  if (ControlClient::connect(plan.folder + "/run/control")) return fail(Fault{EX_TEMPFAIL, "a sandbox runs already in " + plan.folder});
  if (auto written = write_sandbox(plan); !written) return fail(Fault{EX_CANTCREAT, written.error()});
  const auto control = control_socket(plan);
  if (!control) return fail(control.error());
  const bool background = invocation.has("--background");
  const auto pid = launch({*daemons + "/courierd", plan.config(), *control, background ? plan.log() : ""});
  if (!pid) {
    const std::string why = background ? "; see " + plan.log() : "; see above";
    return fail(Fault{EX_UNAVAILABLE, pid.error() + why + ". Where another program has the ports, --port-base P takes others"});
  }
  return *pid;
}

}  // namespace

int sandbox(const Invocation& invocation) {
  const auto plan = plan_of(invocation);
  if (!plan) return print_error(invocation, plan.error().status, plan.error().text);
  const auto pid = bring_up(invocation, *plan);
  if (!pid) return print_error(invocation, pid.error().status, pid.error().text);
  const bool background = invocation.has("--background");
  (void)std::fputs((invocation.json() ? json_summary(*plan, *pid) : summary(*plan, background)).c_str(), stdout);
  (void)std::fflush(stdout);
  return background ? EX_OK : accompany(*pid);
}

}  // namespace courier::tool
