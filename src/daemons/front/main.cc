#include "daemons/front/front.h"

int main() {
  return courier::run_daemon(
      [](courier::DaemonContext& context) { return std::make_unique<courier::front::Front>(context, courier::make_tls_server); });
}
