// Which hosts take mail for a name, in the order in which they are to be tried (RFC 5321, section 5.1).
#pragma once

#include <random>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/dns.h"
#include "transports/esmtp/verdict.h"
#include "transports/esmtp/way.h"

namespace courier::esmtp {

struct Host {
  std::string name;                   // for TLS and the log; of a literal: its address
  std::uint16_t preference = 0;
  std::vector<IpAddress> addresses;   // in the order in which they are to be tried; never empty
  bool secure = false;                // MX and address records were validated by DNSSEC
};

// Who we are, so that mail is not sent to ourselves.
struct Self {
  std::vector<std::string> names;     // lower case
  std::vector<IpAddress> addresses;
};

// Equal preferences are shuffled. No name, null MX, a loop to ourselves and MX records that name addresses are Failed;
// an unanswered question is Deferred. Looks at the addresses of at most 12 hosts.
[[nodiscard]] Task<Result<std::vector<Host>, Verdict>> find_hosts(Resolver& resolver, const Way& way, const Self& self,
                                                                  std::minstd_rand& random, Deadline deadline);

}  // namespace courier::esmtp
