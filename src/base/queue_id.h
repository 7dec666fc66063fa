// Queue ids: made by smtpd before the message is committed, unique for ever in one installation, safe in file names.
//
//   door "-" boot "-" counter        "m-2f-l0x3k9q1"
//
// door: the process that took the message (m: mx, s: submission, i: inject, d: the queue's own DSNs), lower-case letters and
// digits. boot: the number of the supervisor's start. counter: begins at the wall clock's microseconds when the process
// starts, so that a process that died and came back within one boot makes no id again: no process takes a million messages a second.
// Numbers are written in base 36.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace courier {

class QueueIds {
 public:
  QueueIds(std::string_view door, std::uint64_t boot, WallTime started);
  [[nodiscard]] std::string next();

 private:
  std::string prefix_;
  std::uint64_t counter_;
};

[[nodiscard]] bool is_queue_id(std::string_view text);

}  // namespace courier
