// The queue: role "queue", program `queue`. Takes messages from smtpd, keeps them on stable storage, and has them delivered.
//
// Channels: smtpd-mx, smtpd-submission, smtpd-inject (contracts/submit, served here), auth (contracts/directory), mailbox:* and
// esmtp (contracts/delivery). The administrator's questions are in admin.h.
#pragma once

#include <memory>
#include <string>

#include "daemons/queue/admin.h"
#include "daemons/queue/intake.h"
#include "daemons/queue/parts.h"
#include "daemons/queue/rounds.h"
#include "runtime/daemon.h"

namespace courier::queue {

// The writer's thread, and those for large bodies. Tests run both inline.
struct Pools {
  std::unique_ptr<Pool> writer;
  std::unique_ptr<Pool> files;
};
[[nodiscard]] Pools make_pools(Loop& loop);

class Queue final : public Daemon {
 public:
  // The spool lies in context.start.state_dir.
  Queue(DaemonContext& context, Pools pools);
  ~Queue() override;

  Result<void, std::string> serve() override;
  control::Reloaded reload(const std::string& settings) override;
  Task<bool> drain(Deadline deadline) override;
  Task<control::Answer> ask(control::Ask question) override;

 private:
  struct Running;  // what exists once the spool is open
  [[nodiscard]] spool::SpoolOptions spool_options() const;
  void apply_limits();

  DaemonContext& context_;
  Pools pools_;
  QueueSettings settings_;
  Probe probe_;
  std::unique_ptr<Running> running_;
};

}  // namespace courier::queue
