// Dialer: how connections are made. Tests give one that leads to a script in memory.
#pragma once

#include <memory>
#include <optional>

#include "runtime/stream.h"

namespace courier::esmtp {

class Dialer {
 public:
  virtual ~Dialer() = default;
  // `source`: the local address to connect from; none: the system chooses.
  [[nodiscard]] virtual Task<IoResult<StreamPtr>> dial(Endpoint to, std::optional<IpAddress> source, Deadline deadline) = 0;
};

// Real sockets.
[[nodiscard]] std::unique_ptr<Dialer> make_dialer(Loop& loop);

}  // namespace courier::esmtp
