#include "transports/esmtp/esmtp.h"

int main() {
  return courier::run_daemon([](courier::DaemonContext& context) { return std::make_unique<courier::esmtp::Esmtp>(context); });
}
