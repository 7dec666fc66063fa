#include "transports/esmtp/services.h"

namespace courier::esmtp {

namespace {
constexpr Duration memory_lasts = hours(2);
constexpr std::size_t most_hosts = 10'000;
}  // namespace

void TlsMemory::remember(const std::string& host) {
  if (until_.size() >= most_hosts) {
    const Instant now = loop_.now();
    std::erase_if(until_, [now](const auto& entry) { return entry.second <= now; });
    if (until_.size() >= most_hosts) until_.erase(until_.begin());
  }
  until_[host] = loop_.now() + memory_lasts;
}

bool TlsMemory::failed(const std::string& host) {
  const auto known = until_.find(host);
  if (known == until_.end()) return false;
  if (known->second > loop_.now()) return true;
  until_.erase(known);
  return false;
}

}  // namespace courier::esmtp
