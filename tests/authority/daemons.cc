#include "authority/daemons.h"

#include "daemons/auth/daemon.h"
#include "daemons/front/front.h"
#include "daemons/mailbox/daemon.h"
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

mailbox::Machine mailbox_machine(DaemonContext& context, const MailboxSettings&) {
  return {.cache = nullptr,
          .work = make_inline_pool(context.loop),
          .delivery = make_inline_pool(context.loop),
          .watcher = nullptr,
          .stream = make_socket_stream};
}

// No session is ever begun: a ticket would be needed.
mailbox::Protocols mailbox_protocols(DaemonContext&, const MailboxSlice&) { return {}; }

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
  if (role == "front") return std::make_unique<front::Front>(context, make_tls_server);
  if (role == "mailbox") return std::make_unique<mailbox::Mailbox>(context, mailbox_machine, mailbox_protocols);
  return nullptr;
}

}  // namespace courier::authority
