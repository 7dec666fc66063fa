// How one event is written: as a line of text, as JSON, as a datagram for journald (its native protocol).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/time.h"
#include "runtime/log.h"

namespace courier {

struct LogEvent {
  WallTime time;
  LogLevel level = LogLevel::Info;
  std::string_view process;
  int pid = 0;
  std::string_view event;
  std::initializer_list<LogField> fields;
};

// One line with its line end.
[[nodiscard]] std::string log_text(const LogEvent& event);
[[nodiscard]] std::string log_json(const LogEvent& event);
// https://systemd.io/JOURNAL_NATIVE_PROTOCOL
[[nodiscard]] std::string log_journal(const LogEvent& event);

}  // namespace courier
