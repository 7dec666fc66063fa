#include "contracts/auth.h"
#include "contracts/submit.h"

namespace courier {

const char* auth::to_string(Service service) {
  switch (service) {
    case Service::Smtp: return "smtp";
    case Service::Submission: return "submission";
    case Service::Imap: return "imap";
    case Service::Pop3: return "pop3";
  }
  return "unknown";
}

const char* submit::to_string(Source source) {
  switch (source) {
    case Source::Mx: return "mx";
    case Source::Submission: return "submission";
    case Source::Inject: return "inject";
    case Source::Dsn: return "dsn";
  }
  return "unknown";
}

}  // namespace courier
