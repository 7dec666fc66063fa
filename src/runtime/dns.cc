#include "runtime/dns.h"

namespace courier {

const char* to_string(DnsFault fault) {
  switch (fault) {
    case DnsFault::NoName: return "no such name";
    case DnsFault::NoData: return "no record of that type";
    case DnsFault::TryAgain: return "no answer";
    case DnsFault::Bogus: return "forged answer (DNSSEC)";
  }
  return "";
}

}  // namespace courier
