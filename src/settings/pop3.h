// Settings of POP3 sessions after sign-in: table [pop3] in courier.toml.
#pragma once

#include "settings/setting.h"

namespace courier {

struct Pop3Settings {
  Duration idle_timeout = minutes(10);
  std::int64_t max_errors = 20;
  void visit(SettingVisitor& v);
};

}  // namespace courier
