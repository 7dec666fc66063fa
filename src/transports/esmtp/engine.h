// Engine: everything that deliveries use, in one owner that lives as long as the last of them.
#pragma once

#include <memory>

#include "runtime/daemon.h"
#include "transports/esmtp/connections.h"
#include "transports/esmtp/delivery.h"
#include "transports/esmtp/explain.h"
#include "transports/esmtp/resolvers.h"

namespace courier::esmtp {

// What a test puts in place of the real thing; null: the real one.
struct Doubles {
  Resolver* resolver = nullptr;
  Dialer* dialer = nullptr;
};

class Engine {
 public:
  // Opens what needs files or privileges. `context` outlives it.
  Engine(DaemonContext& context, Doubles doubles);

  // What is wrong with the settings it was made with; empty: nothing. With a fault nothing else may be called.
  [[nodiscard]] const std::string& fault() const { return fault_; }

  [[nodiscard]] Task<delivery::DeliverReply> deliver(delivery::Deliver request, Descriptor file, Deadline deadline);
  // Deliveries that have begun keep the old settings.
  [[nodiscard]] control::Reloaded reload(const std::string& settings);
  [[nodiscard]] Task<bool> drain(Deadline deadline);
  [[nodiscard]] StatusReport status() const;
  [[nodiscard]] Task<ExplainReport> explain(std::string address);

 private:
  void open(const EsmtpSettings& settings);
  control::Reloaded refuse(const std::string& fault);
  [[nodiscard]] Connections::Limits limits() const;
  Task<Resolver*> resolver();

  DaemonContext& context_;
  const Doubles doubles_;
  std::string fault_;
  Probe probe_;
  std::shared_ptr<const Policy> policy_;
  Resolvers resolvers_;
  std::unique_ptr<Dialer> dialer_;
  std::unique_ptr<TlsClientContext> tls_;
  TlsMemory tls_memory_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<Connections> connections_;
  std::size_t running_ = 0;
  bool draining_ = false;
  CellRef drained_;
};

}  // namespace courier::esmtp
