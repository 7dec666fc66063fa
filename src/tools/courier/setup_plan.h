// Where `courier setup` puts things, and what it has made.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "settings/supervisor.h"
#include "tools/courier/command.h"

namespace courier::tool {

struct SetupPlan {
  std::string config_dir;
  SupervisorSettings server;  // folders and host name as a new courier.toml has them
  std::vector<std::string> lines;  // of a new courier.toml
  std::string unit;           // path of the systemd unit; empty: none

  [[nodiscard]] std::string config() const { return config_dir + "/courier.toml"; }
  [[nodiscard]] std::string certificate() const { return config_dir + "/certificate.pem"; }
  [[nodiscard]] std::string key() const { return config_dir + "/key.pem"; }
  // What setup made and --remove takes away again, one a line: "user courier-queue", "file /etc/systemd/system/courier.service".
  [[nodiscard]] static std::string record(const std::string& state_dir) { return state_dir + "/made-by-setup"; }
};

// The error is for the administrator: a wrong option.
[[nodiscard]] Result<SetupPlan, std::string> setup_plan(const Invocation& invocation);

// Each system user of the settings, once.
[[nodiscard]] std::vector<std::string> system_users(const SupervisorSettings& server);

[[nodiscard]] std::vector<std::string> read_record(const std::string& state_dir);
[[nodiscard]] Result<void, std::string> write_record(const std::string& state_dir, const std::vector<std::string>& made);

// `courier setup --remove`
[[nodiscard]] int remove_setup(const Invocation& invocation, const SetupPlan& plan);

}  // namespace courier::tool
