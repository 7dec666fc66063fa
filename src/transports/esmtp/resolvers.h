// Resolvers: one that validates DNSSEC, where the DNS around us allows it, and one that does not, where it does not.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/dns.h"
#include "settings/esmtp.h"
#include "transports/esmtp/probe.h"

namespace courier::esmtp {

class Resolvers {
 public:
  Resolvers(Loop& loop, Probe& probe) : loop_(loop), probe_(probe) {}
  // Before the sandbox closes. The error names the setting.
  [[nodiscard]] Result<void, std::string> open(const EsmtpSettings& settings);

  // The one to use now. The first caller finds out whether DNSSEC works, which takes at most 15 s; others wait. A "no" is
  // asked again after an hour.
  [[nodiscard]] Task<Resolver*> choose();

  // "validating", "unvalidated", "unknown" (nobody asked yet).
  [[nodiscard]] const char* state() const;

 private:
  Task<> find_out();

  Loop& loop_;
  Probe& probe_;
  std::unique_ptr<Resolver> plain_, validating_;
  enum class State { Unknown, Asking, Validating, Plain } state_ = State::Unknown;
  Instant ask_again_{};
  std::vector<CellRef> waiting_;
};

}  // namespace courier::esmtp
