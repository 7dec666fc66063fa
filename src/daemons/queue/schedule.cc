#include "daemons/queue/schedule.h"

#include <algorithm>

namespace courier::queue {
namespace {

constexpr Duration jump = minutes(15);
constexpr Duration suspension = days(1);

}  // namespace

Duration retry_wait(std::uint32_t rounds, const QueueSettings& settings) {
  const auto group = static_cast<std::uint32_t>(settings.retry_group);
  if (rounds % group != 0) return settings.retry_short;
  const auto doublings = std::min<std::int64_t>(rounds / group, settings.retry_doublings);
  return settings.retry_long * (std::int64_t{1} << doublings);
}

ExpiryClock::ExpiryClock(WallTime wall, Instant now, WallTime last_seen, Duration lifetime) : wall_(wall), instant_(now) {
  if (last_seen.microseconds == 0) return;
  // Set back, or so far ahead that every message would be too old: more likely a wrong clock than a rest that long.
  if (last_seen - wall > jump || wall - last_seen > lifetime) suspended_until_ = now + suspension;
}

bool ExpiryClock::look(WallTime wall, Instant now) {
  const Duration drift = (wall - wall_) - (now - instant_);
  wall_ = wall;
  instant_ = now;
  if (drift < jump && drift > jump * -1) return false;
  suspended_until_ = now + suspension;
  return true;
}

}  // namespace courier::queue
