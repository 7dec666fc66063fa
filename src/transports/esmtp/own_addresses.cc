#include "transports/esmtp/own_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>

#include "base/text.h"

namespace courier::esmtp {

namespace {

std::optional<IpAddress> address_of(const sockaddr* address) {
  if (!address) return std::nullopt;
  if (address->sa_family == AF_INET) {
    return IpAddress::v4(ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr));
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  IpAddress ip;
  const auto& bytes = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr.s6_addr;
  std::copy(std::begin(bytes), std::end(bytes), ip.bytes.begin());
  return ip;
}

}  // namespace

Self own_identity(const std::string& host_name, const std::string& helo_name, std::int64_t port) {
  Self self;
  self.names = {to_lower(host_name), to_lower(helo_name)};
  ifaddrs* list = nullptr;
  if (port != 25 || ::getifaddrs(&list) != 0) return self;
  for (const ifaddrs* entry = list; entry; entry = entry->ifa_next) {
    if (const auto ip = address_of(entry->ifa_addr)) self.addresses.push_back(*ip);
  }
  ::freeifaddrs(list);
  return self;
}

}  // namespace courier::esmtp
