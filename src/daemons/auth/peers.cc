#include "daemons/auth/peers.h"

#include <algorithm>
#include <iterator>

namespace courier::auth {

namespace {

constexpr PeerRights table[] = {
    // role              connects disconnects signs_in looks_up expands asks_accounts
    {"front", true, true, true, false, false, false},           {"smtpd-mx", true, true, false, true, false, false},
    {"smtpd-submission", true, true, true, true, false, false}, {"smtpd-inject", true, true, false, true, false, false},
    {"queue", false, false, false, false, true, false},         {"mailbox", false, true, false, false, false, true},
};

std::string_view role_of(std::string_view peer) { return peer.substr(0, peer.find(':')); }

}  // namespace

const PeerRights* rights_of(std::string_view peer) {
  const auto* found = std::ranges::find(table, role_of(peer), &PeerRights::role);
  return found == std::end(table) ? nullptr : found;
}

bool may_serve(std::string_view peer, Service service) {
  const std::string_view role = role_of(peer);
  switch (service) {
    case Service::Imap:
    case Service::Pop3: return role == "front";
    case Service::Submission: return role == "smtpd-submission" || role == "smtpd-inject";
    case Service::Smtp: return role == "smtpd-mx";
  }
  return false;
}

}  // namespace courier::auth
