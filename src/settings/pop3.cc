#include "settings/pop3.h"

namespace courier {

void Pop3Settings::visit(SettingVisitor& v) {
  v.duration(
      {.key = "idle_timeout",
       .help = "How long a client may be silent. RFC 1939 asks for 10 minutes at least; shorter ones suit servers with very many clients.",
       .min = 10,
       .max = 24 * 3600},
      idle_timeout);
  v.number({.key = "max_errors",
            .help = "Refused commands after which a session is ended. Lower it against probing clients.",
            .unit = "errors",
            .min = 1,
            .max = 10'000},
           max_errors);
}

}  // namespace courier
