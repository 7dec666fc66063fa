// Settings of IMAP sessions after sign-in ([imap]).
#pragma once

#include <cstdint>
#include <string>

#include "settings/setting.h"

namespace courier {

struct ImapSettings {
  Duration idle_timeout = minutes(30);
  Duration write_timeout = seconds(60);
  std::int64_t max_message = 100ll << 20;
  std::int64_t max_command = 64 << 10;
  std::int64_t max_bad_commands = 10;
  std::string folder_prefix;
  bool keywords = true;
  void visit(SettingVisitor& v);
};

}  // namespace courier
