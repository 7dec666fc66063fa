#include "daemons/auth/daemon.h"

int main() {
  return courier::run_daemon([](courier::DaemonContext& context) { return std::make_unique<courier::auth::Auth>(context); });
}
