// parse(text(x)) == x for every address and network that parses.
#include "runtime/address.h"

#include <cstdint>

#include "base/check.h"

using namespace courier;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto ip = IpAddress::parse(text)) {
    CHECK(IpAddress::parse(ip->text()) == ip);
    const int most = ip->is_v4() ? 32 : 128;
    CHECK(ip->network(most) == *ip);
    CHECK(ip->network(0).is_v4() == ip->is_v4());
  }
  if (const auto network = IpNetwork::parse(text)) {
    CHECK(IpNetwork::parse(network->text()) == network);
    CHECK(network->contains(network->address));
  }
  return 0;
}
