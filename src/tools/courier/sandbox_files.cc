#include "tools/courier/sandbox_files.h"

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "runtime/disk.h"
#include "runtime/tls.h"
#include "store/accounts/database.h"
#include "tools/courier/new_settings.h"
#include "tools/courier/text_file.h"

namespace courier::tool {

namespace fs = std::filesystem;

namespace {

constexpr const char* kMark = "# Made by `courier sandbox`, anew at each start. Your own settings: courier.d/*.toml beside this file.\n";
// Cheap on purpose: the password is public. The settings ask for no more, so that no sign-in makes it dearer.
constexpr accounts::HashCost kDemoCost{.scheme = accounts::Scheme::Argon2id, .memory_kib = 1024, .passes = 1};

Result<std::string, std::string> config_text(const SandboxPlan& plan) {
  const auto listen = [&](const char* key, int port) {
    return list_setting(std::string("server.") + key, {"127.0.0.1:" + plan.port(port)});
  };
  SettingLines lines = {
      text_setting("server.host_name", "mail." + plan.domain),
      text_setting("server.run_dir", plan.folder + "/run"),
      text_setting("server.spool_dir", plan.folder + "/spool"),
      text_setting("server.state_dir", plan.folder + "/state"),
      text_setting("server.mail_dir", plan.folder + "/mail"),
      listen("listen_smtp", 25),
      listen("listen_submission", 587),
      listen("listen_submissions", 465),
      listen("listen_imap", 143),
      listen("listen_imaps", 993),
      listen("listen_pop3", 110),
      listen("listen_pop3s", 995),
      list_setting("server.certificates", {plan.certificate() + " " + plan.key()}),
  };
  lines.push_back(text_setting("auth.default_domain", plan.domain));
  lines.push_back(text_setting("auth.postmaster", "alice@" + plan.domain));
  lines.push_back("auth.argon2_memory = \"1M\"");
  lines.push_back("auth.argon2_passes = 1");
  // A name server for tests signs nothing.
  lines.push_back("esmtp.dnssec = false");
  if (!plan.dns.empty()) lines.push_back(list_setting("esmtp.dns_servers", {plan.dns}));
  for (const std::string& assignment : plan.settings) {
    auto line = setting_line(assignment);
    if (!line) return fail(std::move(line.error()));
    // The last word counts: what --set names replaces ours.
    const std::string start = line->substr(0, line->find('=') + 1);
    std::erase_if(lines, [&](const std::string& other) { return other.starts_with(start); });
    lines.push_back(std::move(*line));
  }
  return kMark + join(lines, "\n") + "\n";
}

Result<void, std::string> write_certificate(const SandboxPlan& plan) {
  if (fs::exists(plan.certificate()) && fs::exists(plan.key())) return {};
  const TlsCertificate made = make_self_signed({"mail." + plan.domain, plan.domain, "localhost"});
  if (auto written = write_text_file(plan.key(), made.key_pem, 0600); !written) return written;
  return write_text_file(plan.certificate(), made.chain_pem);
}

Result<void, std::string> in_words(accounts::Edited<> edited) {
  if (edited || edited.error().fault == accounts::EditFault::Exists) return {};
  return fail("account database: " + edited.error().text);
}

Result<void, std::string> write_accounts(const SandboxPlan& plan) {
  auto opened = accounts::AccountDatabase::open(real_disk(), plan.folder + "/state/auth/accounts.sqlite");
  if (!opened) return fail(std::move(opened.error()));
  accounts::AccountDatabase& database = **opened;
  if (auto added = in_words(database.add_domain({.name = plan.domain})); !added) return added;
  // One password, hashed once.
  const accounts::Credential credential = accounts::make_credential(kSandboxPassword, kDemoCost);
  std::vector<accounts::Account> missing;
  for (const std::string& address : sandbox_accounts(plan)) {
    const auto found = database.find_account(address);
    if (!found) return fail("account database: " + found.error().text);
    if (*found) continue;
    accounts::Account& account = missing.emplace_back();
    account.address = address;
    account.password = credential.password;
    account.scram = credential.scram;
  }
  return missing.empty() ? Result<void, std::string>() : in_words(database.add_accounts(missing));
}

}  // namespace

std::vector<std::string> sandbox_accounts(const SandboxPlan& plan) {
  std::vector<std::string> out{"alice@" + plan.domain, "bob@" + plan.domain};
  for (std::uint32_t i = 1; i <= plan.users; ++i) out.push_back("user" + std::to_string(i) + "@" + plan.domain);
  return out;
}

Result<void, std::string> check_sandbox_folder(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  if (!fs::is_directory(folder, error)) return fail(folder + " is not a folder");
  std::ifstream config(folder + "/etc/courier.toml");
  std::string first;
  if (std::getline(config, first) && first + "\n" == kMark) return {};
  if (fs::is_empty(folder, error) && !error) return {};
  return fail(folder + " is neither empty nor a sandbox; name another folder with --dir");
}

Result<void, std::string> write_sandbox(const SandboxPlan& plan) {
  const auto config = config_text(plan);
  if (!config) return fail(config.error());
  for (const char* name : {"/etc", "/etc/courier.d"}) {
    if (auto made = make_folder(plan.folder + name, 0755); !made) return made;
  }
  for (const char* name : {"/run", "/spool", "/state", "/state/auth", "/mail"}) {
    if (auto made = make_folder(plan.folder + name, 0700); !made) return made;
  }
  if (auto written = write_text_file(plan.config(), *config); !written) return written;
  if (auto written = write_certificate(plan); !written) return written;
  return write_accounts(plan);
}

}  // namespace courier::tool
