// The Date field (RFC 5322, sections 3.3 and 4.3), read tolerantly.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace courier::message {

struct MailDate {
  CivilTime civil;         // as written, in its own zone
  int offset_minutes = 0;  // east of UTC
  [[nodiscard]] WallTime time() const { return from_civil(civil, offset_minutes); }
};

// The day of the week and comments do not matter; a missing time is 00:00, an unknown zone UTC. Nothing when there is no
// day, month and year that exist.
[[nodiscard]] std::optional<MailDate> parse_mail_date(std::string_view value);

}  // namespace courier::message
