// courier setup: each step makes what is missing and keeps what is there.
#include <pwd.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/text.h"
#include "runtime/tls.h"
#include "settings/files.h"
#include "tools/courier/actions.h"
#include "tools/courier/output.h"
#include "tools/courier/setup_plan.h"
#include "tools/courier/system.h"
#include "tools/courier/text_file.h"
#include "tools/courier/unprivileged.h"

namespace courier::tool {

namespace fs = std::filesystem;

namespace {

struct Fault {
  int status;
  std::string text;
};
using Done = Result<void, Fault>;

class Setup {
 public:
  Setup(const Invocation& invocation, SetupPlan plan) : invocation_(invocation), plan_(std::move(plan)) {}

  Done run() {
    if (auto done = write_settings(); !done) return done;
    if (auto done = read_settings(); !done) return done;
    made_ = read_record(server_.state_dir);
    for (Done (Setup::*step)() : {&Setup::make_users, &Setup::make_folders, &Setup::make_certificate, &Setup::make_unit}) {
      auto done = (this->*step)();
      // What was made so far is to be found by --remove, also when a later step fails.
      if (fs::exists(server_.state_dir)) {
        if (auto written = write_record(server_.state_dir, made_); !written) return fail(Fault{EX_CANTCREAT, written.error()});
      }
      if (!done) return done;
    }
    return add_first_account();
  }

 private:
  void say(const std::string& text) const {
    if (!invocation_.json()) (void)std::printf("%s\n", text.c_str());
  }
  void remember(const std::string& what) {
    if (std::ranges::find(made_, what) == made_.end()) made_.push_back(what);
  }
  Done cannot(const std::string& text) const { return fail(Fault{EX_CANTCREAT, text}); }

  Done write_settings() {
    for (const std::string& folder : {plan_.config_dir, plan_.config_dir + "/courier.d"}) {
      if (fs::exists(folder)) continue;
      if (auto made = make_folder(folder, 0755); !made) return cannot(made.error());
    }
    if (fs::exists(plan_.config())) {
      say("kept " + plan_.config());
      return {};
    }
    const std::string text =
        "# Settings of this mail server. All of them with their meaning: `courier config explain`, or the manual.\n"
        "# After a change: courier config check && courier reload\n" +
        join(plan_.lines, "\n") + "\n";
    if (auto written = write_text_file(plan_.config(), text); !written) return cannot(written.error());
    say("made " + plan_.config());
    return {};
  }

  Done read_settings() {
    const auto loaded = load_settings(plan_.config());
    if (loaded) {
      server_ = loaded->snapshot.server;
      return {};
    }
    std::string text = "the settings have faults";
    for (const SettingFault& fault : loaded.error()) text += "\n" + to_text(fault);
    return fail(Fault{EX_CONFIG, text});
  }

  Done make_users() {
    for (const std::string& name : system_users(server_)) {
      if (user_exists(name)) continue;
      if (auto made = make_system_user(name); !made) return fail(Fault{EX_OSERR, made.error()});
      remember("user " + name);
      say("made user " + name);
    }
    return {};
  }

  // The supervisor makes the other folders when it starts; the account database must be there before.
  Done make_folders() {
    const auto owner = find_user(server_.user_auth);
    if (!owner) return fail(Fault{EX_NOUSER, owner.error()});
    const std::string auth = server_.state_dir + "/auth";
    if (!fs::exists(server_.state_dir)) {
      if (auto made = make_folder(server_.state_dir, 0755); !made) return cannot(made.error());
      say("made " + server_.state_dir);
    }
    if (auto made = make_folder(auth, 0700); !made) return cannot(made.error());
    for (const std::string& folder : {server_.spool_dir, server_.run_dir, server_.mail_dir}) {
      std::error_code error;
      fs::create_directories(fs::path(folder).parent_path(), error);
      if (error) return cannot(folder + ": " + error.message());
    }
    if (auto given = give_folder(auth, *owner); !given) return cannot(given.error());
    return adopt_mail();
  }

  // Mail that an earlier installation left belongs to a user that is gone.
  Done adopt_mail() {
    struct stat status{};
    const auto owner = find_user(server_.user_mail);
    if (!owner) return fail(Fault{EX_NOUSER, owner.error()});
    if (::stat(server_.mail_dir.c_str(), &status) != 0 || ::getpwuid(status.st_uid) != nullptr) return {};
    if (auto given = give_folder(server_.mail_dir, *owner); !given) return cannot(given.error());
    say("gave the mail in " + server_.mail_dir + " to user " + owner->name);
    return {};
  }

  Done make_certificate() {
    const std::string both = plan_.certificate() + " " + plan_.key();
    const bool wanted = std::ranges::find(server_.certificates, both) != server_.certificates.end();
    if (!wanted || (fs::exists(plan_.certificate()) && fs::exists(plan_.key()))) return {};
    const TlsCertificate made = make_self_signed({effective_host_name(server_)});
    if (auto written = write_text_file(plan_.key(), made.key_pem, 0600); !written) return cannot(written.error());
    if (auto written = write_text_file(plan_.certificate(), made.chain_pem); !written) return cannot(written.error());
    say("made a self-signed certificate, " + plan_.certificate() + "; put a real one there or name it in server.certificates");
    return {};
  }

  Done make_unit() {
    if (plan_.unit.empty() || fs::exists(plan_.unit)) return {};
    const std::string command = fs::read_symlink("/proc/self/exe");
    if (auto made = make_folder(fs::path(plan_.unit).parent_path(), 0755); !made) return cannot(made.error());
    if (auto written = write_text_file(
            plan_.unit, unit_text(command, plan_.config(), {server_.spool_dir, server_.state_dir, server_.mail_dir, server_.run_dir}));
        !written)
      return cannot(written.error());
    remember("file " + plan_.unit);
    say("made " + plan_.unit);
    if (systemd_runs() && run_program({"systemctl", "daemon-reload"}) != 0) return fail(Fault{EX_OSERR, "systemctl daemon-reload failed"});
    return {};
  }

  // Runs this program again: that process becomes the owner of the database.
  int again(std::vector<std::string> words) const {
    words.insert(words.begin(), fs::read_symlink("/proc/self/exe"));
    words.insert(words.end(), {"--config", plan_.config()});
    if (invocation_.json()) words.emplace_back("--json");
    return run_program(std::move(words));
  }

  Done add_first_account() {
    const std::string account = invocation_.value("--account");
    const std::size_t at = account.rfind('@');
    if (!account.empty() && at == account.npos) return fail(Fault{EX_USAGE, "--account takes an address, not " + account});
    const std::string domain = invocation_.value("--domain", account.empty() ? "" : account.substr(at + 1));
    // 73: it is there already.
    if (!domain.empty()) {
      if (const int status = again({"domain", "add", domain}); status != 0 && status != EX_CANTCREAT)
        return fail(Fault{status, "adding the domain failed"});
    }
    if (!account.empty()) {
      if (const int status = again({"account", "add", account}); status != 0 && status != EX_CANTCREAT)
        return fail(Fault{status, "adding the account failed"});
    }
    return {};
  }

  const Invocation& invocation_;
  SetupPlan plan_;
  SupervisorSettings server_;
  std::vector<std::string> made_;
};

}  // namespace

int setup(const Invocation& invocation) {
  if (::geteuid() != 0)
    return print_error(invocation, EX_NOPERM, "setup makes system users and folders: run it as root (or try `courier sandbox`)");
  auto plan = setup_plan(invocation);
  if (!plan) return print_error(invocation, EX_USAGE, plan.error());
  if (invocation.has("--remove")) return remove_setup(invocation, *plan);
  const std::string config = plan->config();
  const bool with_unit = !plan->unit.empty() && systemd_runs();
  if (auto done = Setup(invocation, std::move(*plan)).run(); !done) return print_error(invocation, done.error().status, done.error().text);
  const std::string start = with_unit ? "systemctl enable --now courier" : "courier start --config " + config;
  if (!invocation.json()) (void)std::printf("ready; start the server with: %s\n", start.c_str());
  return EX_OK;
}

}  // namespace courier::tool
