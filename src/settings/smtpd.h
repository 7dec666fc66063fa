// Settings of smtpd: table [smtpd] in courier.toml, one for its three roles.
#pragma once

#include "settings/setting.h"

namespace courier {

struct SmtpdSettings {
  std::int64_t max_message_size = 50 << 20;
  std::int64_t max_recipients = 1000;
  std::int64_t max_line = 5120;
  std::int64_t max_errors = 20;
  std::int64_t max_commands = 100;
  std::int64_t max_sessions = 10'000;
  std::int64_t max_memory_for_bodies = 256 << 20;
  std::int64_t max_header_size = 100'000;
  std::int64_t max_header_fields = 500;
  std::int64_t max_header_line = 5000;
  std::int64_t max_hops = 100;
  Duration command_timeout = minutes(5);
  Duration data_timeout = minutes(5);
  Duration session_timeout = hours(4);
  std::vector<std::string> relay_networks;
  bool check_envelope_sender = true;
  bool check_header_from = true;
  void visit(SettingVisitor& v);
};

// The fault of an entry of relay_networks in words, or empty. Refuses what is no network, and networks so wide that
// they mean everyone.
[[nodiscard]] std::string relay_network_fault(std::string_view network);

}  // namespace courier
