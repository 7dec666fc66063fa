// Settings of the queue: table [queue].
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "settings/setting.h"

namespace courier {

struct QueueSettings {
  Duration lifetime = days(7);
  Duration warn_after = hours(4);
  Duration retry_short = minutes(5);
  std::int64_t retry_group = 3;
  Duration retry_long = minutes(15);
  std::int64_t retry_doublings = 3;
  Duration first_delay = seconds(0);

  std::string postmaster = "postmaster";
  std::string dsn_from;
  std::int64_t dsn_limit = 32 << 10;

  std::int64_t reserve = 64 << 20;
  std::int64_t memory_bodies = 64 << 20;
  std::int64_t window_low = 2000;
  std::int64_t window_high = 4000;
  std::int64_t most_waiting = 5000;
  Duration slow_intake = seconds(2);

  std::int64_t local_deliveries = 2000;
  std::int64_t local_per_mailbox = 1000;
  Duration local_timeout = minutes(15);
  std::int64_t remote_deliveries = 200;
  std::int64_t remote_per_host = 20;
  Duration remote_timeout = hours(1);
  std::int64_t recipients_per_attempt = 100;

  std::int64_t history_messages = 100'000;
  Duration history_time = days(7);

  void visit(SettingVisitor& v);
};

}  // namespace courier
