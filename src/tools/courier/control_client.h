// A conversation with a running instance over its control socket: JSON lines.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "runtime/control.h"

namespace courier::tool {

// Blocking; one request at a time.
class ControlClient {
 public:
  // Nothing when nobody listens at `path` (the instance does not run, or is not ours to reach: see error()).
  [[nodiscard]] static std::optional<ControlClient> connect(const std::string& path);

  // Status 69 (EX_UNAVAILABLE) when the other side ends without an answer.
  [[nodiscard]] control::Answer ask(const std::string& verb, const std::vector<std::string>& arguments);
  // Tells the server to end ("stop" or "drain") and waits until its supervisor is gone.
  [[nodiscard]] control::Answer ask_to_end(const std::string& verb);

 private:
  ControlClient(Descriptor socket, pid_t peer) : socket_(std::move(socket)), peer_(peer) {}
  Descriptor socket_;
  pid_t peer_;
  std::string received_;
};

}  // namespace courier::tool
