// [auth] in courier.toml: sign-in, limits, and how addresses are read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "settings/setting.h"

namespace courier {

struct AuthSettings {
  std::string default_domain;
  std::string extension_separators = "+";
  bool fold_local_parts = false;
  std::string postmaster;
  std::string default_options;

  std::vector<std::string> mechanisms = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"};
  std::string without_tls = "loopback";
  std::string password_scheme = "argon2id";
  std::int64_t argon2_memory = 19 << 20;
  std::int64_t argon2_passes = 2;
  std::int64_t password_memory = 64 << 20;
  Duration password_cache = seconds(30);
  Duration lookup_cache = seconds(5);

  std::int64_t max_connections = 20'000;
  std::int64_t connections_per_address = 200;
  std::int64_t connections_per_network = 1'000;
  std::int64_t sessions_per_account = 20;
  std::vector<std::string> uncounted_networks = {"127.0.0.0/8", "::1/128"};
  std::int64_t failures_before_ban = 20;
  Duration failure_memory = minutes(10);
  Duration ban_time = minutes(10);

  void visit(SettingVisitor& v);
};

}  // namespace courier
