// [front] in courier.toml: IMAP and POP3 connections before sign-in.
#pragma once

#include <cstdint>

#include "settings/setting.h"

namespace courier {

struct FrontSettings {
  Duration login_time = seconds(60);
  std::int64_t max_unauthenticated = 2'000;
  std::int64_t failures_per_connection = 10;

  void visit(SettingVisitor& v);
};

}  // namespace courier
