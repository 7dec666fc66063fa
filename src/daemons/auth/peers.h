// Who may ask auth what: the role of a peer is fixed by its channel.
#pragma once

#include <string_view>

#include "contracts/auth.h"

namespace courier::auth {

struct PeerRights {
  const char* role;
  bool connects;       // Connected
  bool disconnects;    // Disconnected
  bool signs_in;       // SaslBegin, SaslContinue
  bool looks_up;       // directory::Lookup
  bool expands;        // directory::Expand
  bool asks_accounts;  // directory::Account, for its own accounts
};

// Null: nobody who may ask anything. `peer` is a role, or "role:instance".
[[nodiscard]] const PeerRights* rights_of(std::string_view peer);
// The services that connections of this peer may be for.
[[nodiscard]] bool may_serve(std::string_view peer, Service service);

}  // namespace courier::auth
