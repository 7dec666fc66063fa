// What all sessions of one process share, and who a client is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/queue_id.h"
#include "contracts/auth.h"
#include "contracts/directory.h"
#include "daemons/smtpd/buffers.h"
#include "daemons/smtpd/config.h"
#include "daemons/smtpd/leaves.h"
#include "daemons/smtpd/probe.h"
#include "runtime/link.h"
#include "runtime/pool.h"
#include "runtime/remembered.h"
#include "runtime/tls.h"

namespace courier::smtpd {

// What a door is for. It follows from the listener and is never claimed by the client.
enum class Role { Mx, Submission, Inject };

struct Environment {
  Loop& loop;
  Link& auth;    // contracts auth and directory
  Link& queue;   // contract submit
  Pool& pool;    // writes bodies to files
  Probe& probe;
  QueueIds& ids;
  std::string host_name;
  std::shared_ptr<const Config> config;    // new sessions take this
  std::shared_ptr<TlsServerContext> tls;   // null: no STARTTLS
  // What auth said of recipients: one who gets much mail is not asked for each time.
  Remembered<directory::Verdict> recipients;
  // Auth's leave for clients of port 25 who come again at once.
  Leaves leaves;
  Buffers buffers{};
  std::size_t body_bytes = 0;              // of messages that are coming in, in memory
};

}  // namespace courier::smtpd
