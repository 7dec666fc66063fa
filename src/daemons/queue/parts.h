// What the parts of the queue share. Owned by the daemon (queue.h), outlives them all.
#pragma once

#include "daemons/queue/probe.h"
#include "daemons/queue/slots.h"
#include "runtime/daemon.h"
#include "runtime/pool.h"
#include "settings/queue.h"
#include "store/queue/writer.h"

namespace courier::queue {

struct Parts {
  DaemonContext& context;
  Loop& loop;
  QueueSettings& settings;
  Pool& pool;             // for large bodies; the writer has a pool of its own
  spool::Writer& writer;
  Slots& slots;
  Probe& probe;
};

}  // namespace courier::queue
