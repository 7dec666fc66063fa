// Who this host is, for the test against mail loops.
#pragma once

#include <string>

#include "transports/esmtp/hosts.h"

namespace courier::esmtp {

// The names given, and every address of this machine's interfaces. Where mail goes to another port than 25 (test set-ups
// with several servers on one machine) an address says nothing and none is listed.
[[nodiscard]] Self own_identity(const std::string& host_name, const std::string& helo_name, std::int64_t port);

}  // namespace courier::esmtp
