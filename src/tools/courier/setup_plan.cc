#include "tools/courier/setup_plan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "courier_paths.h"
#include "tools/courier/new_settings.h"
#include "tools/courier/system.h"
#include "tools/courier/text_file.h"

namespace courier::tool {

namespace fs = std::filesystem;

Result<SetupPlan, std::string> setup_plan(const Invocation& invocation) {
  SetupPlan plan;
  plan.config_dir = paths::config;
  if (invocation.has("--host-name")) plan.server.host_name = to_lower(invocation.value("--host-name"));
  plan.server.host_name = effective_host_name(plan.server);
  plan.lines.push_back(text_setting("server.host_name", plan.server.host_name));
  if (invocation.has("--prefix")) {
    const std::string prefix = fs::absolute(invocation.value("--prefix")).lexically_normal();
    plan.config_dir = prefix + "/etc/courier";
    plan.server.spool_dir = prefix + "/var/spool/courier";
    plan.server.state_dir = prefix + "/var/lib/courier";
    plan.server.mail_dir = prefix + "/var/lib/courier/mail";
    plan.server.run_dir = prefix + "/run/courier";
    for (const auto& [key, path] : {std::pair{"spool_dir", plan.server.spool_dir}, std::pair{"state_dir", plan.server.state_dir},
                                    std::pair{"mail_dir", plan.server.mail_dir}, std::pair{"run_dir", plan.server.run_dir}}) {
      plan.lines.push_back(text_setting(std::string("server.") + key, path));
    }
  }
  plan.lines.push_back(list_setting("server.certificates", {plan.certificate() + " " + plan.key()}));
  const std::string account = invocation.value("--account");
  const std::size_t at = account.rfind('@');
  const std::string domain = to_lower(invocation.value("--domain", at == account.npos ? "" : account.substr(at + 1)));
  if (!domain.empty()) plan.lines.push_back(text_setting("auth.default_domain", domain));
  if (!account.empty()) plan.lines.push_back(text_setting("auth.postmaster", account));
  for (const std::string& assignment : invocation.values("--set")) {
    auto line = setting_line(assignment);
    if (!line) return fail(std::move(line.error()));
    const std::string start = line->substr(0, line->find('=') + 1);
    std::erase_if(plan.lines, [&](const std::string& other) { return other.starts_with(start); });
    plan.lines.push_back(std::move(*line));
  }
  if (invocation.has("--unit-dir")) {
    plan.unit = fs::absolute(invocation.value("--unit-dir")) / "courier.service";
  } else if (!invocation.has("--prefix") && systemd_runs()) {
    plan.unit = "/etc/systemd/system/courier.service";
  }
  return plan;
}

std::vector<std::string> system_users(const SupervisorSettings& server) {
  std::vector<std::string> out;
  for (const std::string* name : {&server.user_front, &server.user_smtpd, &server.user_submission, &server.user_queue, &server.user_auth,
                                  &server.user_esmtp, &server.user_mail}) {
    if (std::ranges::find(out, *name) == out.end()) out.push_back(*name);
  }
  return out;
}

std::vector<std::string> read_record(const std::string& state_dir) {
  std::vector<std::string> lines;
  std::ifstream in(SetupPlan::record(state_dir));
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

Result<void, std::string> write_record(const std::string& state_dir, const std::vector<std::string>& made) {
  return write_text_file(SetupPlan::record(state_dir), join(made, "\n") + "\n", 0600);
}

}  // namespace courier::tool
