// The queue's process.
#include "daemons/queue/queue.h"

int main() {
  return courier::run_daemon([](courier::DaemonContext& context) {
    return std::make_unique<courier::queue::Queue>(context, courier::queue::make_pools(context.loop));
  });
}
