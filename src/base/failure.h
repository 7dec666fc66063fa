// Failure: what is known when the world fails (disk, peer, DNS, time), made where it happens. One function per daemon
// turns it into a reply, a retry or a DSN.
#pragma once

#include <string>

namespace courier {

// Retry: soon, by the same caller. Later: on the schedule. GiveUp: will never work.
enum class Remedy { Retry, Later, GiveUp };
enum class Scope { Recipient, Message, Session, Site };

struct Failure {
  Remedy remedy = Remedy::Later;
  Scope scope = Scope::Message;
  std::string reply;  // safe to show to a peer: no paths, no internals
  std::string text;   // for our log
};

}  // namespace courier
