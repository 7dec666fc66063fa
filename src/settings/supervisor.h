// Settings of the instance as a whole, in courier.toml the table [server]: its name, folders, users, listeners, log.
// Read by the supervisor; the daemons get what they need of it in control::Start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "settings/setting.h"

namespace courier {

struct SupervisorSettings {
  SupervisorSettings();  // folders as this build was told

  std::string host_name;  // empty: the machine's own, see effective_host_name()
  std::string spool_dir, state_dir, mail_dir, run_dir;

  bool separate_users = true;
  std::string user_front = "courier-front";
  std::string user_smtpd = "courier-smtpd";
  std::string user_submission = "courier-submit";
  std::string user_queue = "courier-queue";
  std::string user_auth = "courier-auth";
  std::string user_esmtp = "courier-esmtp";
  std::string user_mail = "courier-mail";

  std::vector<std::string> listen_smtp{"*:25"};
  std::vector<std::string> listen_submission{"*:587"};
  std::vector<std::string> listen_submissions{"*:465"};
  std::vector<std::string> listen_imap{"*:143"};
  std::vector<std::string> listen_imaps{"*:993"};
  std::vector<std::string> listen_pop3{"*:110"};
  std::vector<std::string> listen_pop3s{"*:995"};
  std::vector<std::string> listen_metrics;
  std::vector<std::string> certificates;
  Duration ticket_key_lifetime = hours(12);

  std::int64_t mailbox_shards = 0;  // 0: see effective_mailbox_shards()
  std::int64_t max_memory = std::int64_t{2} << 30;
  std::int64_t max_descriptors = 65536;
  bool sandbox = true;
  Duration restart_pause = seconds(30);
  Duration stop_time = seconds(20);
  Duration drain_time = minutes(30);

  std::string log_target = "stderr";
  std::string log_file;
  std::string log_format = "text";
  std::string log_level = "info";

  void visit(SettingVisitor& v);
};

// The host name set, or else the machine's.
[[nodiscard]] std::string effective_host_name(const SupervisorSettings& settings);
// The number set, or else one for every two processors of the machine.
[[nodiscard]] std::int64_t effective_mailbox_shards(const SupervisorSettings& settings);

// "192.0.2.1:25", "[2001:db8::1]:25", "*:25" (every address of the machine), "/path" or "unix:/path".
struct ListenAddress {
  std::string host;  // without brackets; "*"
  std::uint16_t port = 0;
  std::string path;  // not empty: a Unix socket
  auto operator<=>(const ListenAddress&) const = default;
};
// False when the text is none.
[[nodiscard]] bool parse_listen_address(std::string_view text, ListenAddress& address);

}  // namespace courier
