#include "daemons/mailbox/tickets.h"

namespace courier::mailbox {

namespace {
constexpr Duration kLongest = seconds(10);
}

void Tickets::forget_old() {
  std::erase_if(open_, [now = loop_.now()](const auto& entry) { return entry.second.until <= now; });
}

bool Tickets::add(Grant grant) {
  forget_old();
  if (grant.ticket == 0 || grant.valid_ms <= 0 || !grant.maildir.starts_with('/') || open_.contains(grant.ticket)) return false;
  const Duration valid = std::min(milliseconds(grant.valid_ms), kLongest);
  const std::uint64_t number = grant.ticket;
  open_[number] = {.grant = std::move(grant), .until = loop_.now() + valid};
  return true;
}

std::optional<Grant> Tickets::take(std::uint64_t number, auth::Service service, const std::string& peer) {
  forget_old();
  const auto place = open_.find(number);
  if (place == open_.end()) return std::nullopt;
  Grant grant = std::move(place->second.grant);
  open_.erase(place);
  if (grant.service != service || grant.peer != peer) return std::nullopt;
  return grant;
}

}  // namespace courier::mailbox
