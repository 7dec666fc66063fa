#include "settings/front.h"

namespace courier {

void FrontSettings::visit(SettingVisitor& v) {
  v.duration({.key = "login_time",
              .help = "How long a client may take from connecting to signing in. For sites with slow clients.",
              .min = 5,
              .max = 3600},
             login_time);
  v.number(
      {.key = "max_unauthenticated",
       .help = "Connections that have not signed in. With more, the one that has waited longest is ended. For busy sites under attack.",
       .unit = "connections",
       .min = 10,
       .max = 1'000'000},
      max_unauthenticated);
  v.number({.key = "failures_per_connection",
            .help = "Sign-ins that may fail on one connection before it is ended. For sites troubled by guessers.",
            .unit = "failures",
            .min = 1,
            .max = 1000},
           failures_per_connection);
}

}  // namespace courier
