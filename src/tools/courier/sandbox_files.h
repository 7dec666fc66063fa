// What a sandbox consists of on disk: settings, certificate, accounts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace courier::tool {

struct SandboxPlan {
  std::string folder;  // absolute
  std::string domain = "example.test";
  std::uint32_t users = 10;
  std::uint32_t port_base = 10000;
  std::string dns;  // "127.0.0.1@5353" or empty
  std::vector<std::string> settings;  // "table.key=value"

  [[nodiscard]] std::string config() const { return folder + "/etc/courier.toml"; }
  [[nodiscard]] std::string certificate() const { return folder + "/etc/certificate.pem"; }
  [[nodiscard]] std::string key() const { return folder + "/etc/key.pem"; }
  [[nodiscard]] std::string log() const { return folder + "/log"; }
  [[nodiscard]] std::string port(int standard) const { return std::to_string(port_base + static_cast<std::uint32_t>(standard)); }
};

inline constexpr const char* kSandboxPassword = "courier-demo";

// Whether `folder` may be made a sandbox: it is not there, or empty, or one already. Nothing of another kind is touched.
[[nodiscard]] Result<void, std::string> check_sandbox_folder(const std::string& folder);

// courier.toml is written anew each time; certificate, accounts and mail that are there stay.
[[nodiscard]] Result<void, std::string> write_sandbox(const SandboxPlan& plan);

// alice, bob, user1 ... userN
[[nodiscard]] std::vector<std::string> sandbox_accounts(const SandboxPlan& plan);

}  // namespace courier::tool
