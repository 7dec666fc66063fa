// The esmtp transport: takes Deliver from `queue` and hands mail to other hosts.
#pragma once

#include <memory>

#include "transports/esmtp/engine.h"

namespace courier::esmtp {

class Esmtp final : public Daemon {
 public:
  explicit Esmtp(DaemonContext& context, Doubles doubles = {});

  Result<void, std::string> serve() override;
  control::Reloaded reload(const std::string& settings) override { return engine_->reload(settings); }
  Task<bool> drain(Deadline deadline) override { return engine_->drain(deadline); }
  // "status"; "explain ADDRESS": route, hosts, TLS policy.
  Task<control::Answer> ask(control::Ask question) override;
  Needs needs() const override { return {.network_out = true, .threads = true}; }

 private:
  DaemonContext& context_;
  std::shared_ptr<Engine> engine_;  // also held by every delivery that runs, which may outlive this
};

}  // namespace courier::esmtp
