// smtpd: takes mail over SMTP. Roles mx, submission and inject differ by the listeners the supervisor hands in.
#include "daemons/smtpd/smtpd.h"

int main() {
  return courier::run_daemon([](courier::DaemonContext& context) {
    return std::make_unique<courier::smtpd::Smtpd>(context, courier::make_pool(context.loop, 2), courier::make_tls_server);
  });
}
