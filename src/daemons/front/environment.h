// What the sessions of one front share.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "daemons/front/probe.h"
#include "daemons/front/pump.h"
#include "runtime/link.h"
#include "runtime/tls.h"
#include "settings/front.h"

namespace courier::front {

struct Environment {
  Loop& loop;
  Link& auth;
  std::function<Link&(const std::string&)> mailbox;  // by peer name: "mailbox:v0"
  Probe& probe;
  Pumps& pumps;
  std::string host_name;
  FrontSettings settings;
  std::shared_ptr<TlsServerContext> tls;  // null: no certificate
  std::array<char, 4096> buffer{};        // for reading; between two awaits it belongs to whoever runs
};

}  // namespace courier::front
