#include "authority/daemons.h"

#include "daemons/auth/daemon.h"
#include "daemons/queue/queue.h"
#include "daemons/smtpd/smtpd.h"
#include "runtime/tls.h"
#include "transports/esmtp/esmtp.h"

namespace courier::authority {

namespace {

// Nobody is asked: no delivery is ever begun.
Resolver& resolver() {
  static FakeResolver nobody;
  return nobody;
}

}  // namespace

std::unique_ptr<Daemon> make_daemon(DaemonContext& context, const std::string& role, const std::string& folder) {
  Loop& loop = context.loop;
  if (role == "auth") {
    auto database = accounts::AccountDatabase::open_in_memory();
    CHECK(database.has_value());
    return std::make_unique<auth::Auth>(context, auth::Pools{make_inline_pool(loop), make_inline_pool(loop)}, std::move(*database));
  }
  if (role == "queue") {
    context.start.state_dir = folder;
    return std::make_unique<queue::Queue>(context, queue::Pools{make_inline_pool(loop), make_inline_pool(loop)});
  }
  if (role.starts_with("smtpd-")) return std::make_unique<smtpd::Smtpd>(context, make_inline_pool(loop), make_tls_server);
  if (role == "esmtp") {
    return std::make_unique<esmtp::Esmtp>(context, esmtp::Doubles{.resolver = &resolver()});
  }
  return nullptr;
}

}  // namespace courier::authority
