// Telling the service manager (systemd: sd_notify) how we are. Every call does nothing when nobody asked for it.
#pragma once

#include <string_view>

#include "base/descriptor.h"
#include "base/time.h"

namespace courier {

class ServiceManager {
 public:
  // Looks at NOTIFY_SOCKET and WATCHDOG_USEC and removes them from the environment, so that no child sees them.
  ServiceManager();

  void ready(std::string_view status);
  void reloading();
  void stopping();
  void still_alive();
  // How often still_alive() must be said, halved for safety; 0: nobody watches.
  [[nodiscard]] Duration watchdog() const { return watchdog_; }

 private:
  void send(std::string_view text);
  Descriptor socket_;
  Duration watchdog_{};
};

}  // namespace courier
