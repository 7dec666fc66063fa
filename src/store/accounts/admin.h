// The verbs of `courier account`, `domain`, `alias` and `explain`: one function for the running server (auth's ask) and for
// the command when the server is down.
//
//   account add ADDRESS [KEY=VALUE...]      account set ADDRESS KEY=VALUE...       keys below
//   account password ADDRESS PASSWORD       account quota ADDRESS QUOTA            account enable|disable ADDRESS
//   account show ADDRESS                    account remove ADDRESS                 (mail stays where it is)
//   account list [DOMAIN] [after=ADDRESS] [limit=N]
//   domain add NAME [kind=hosted|relayed]   domain remove NAME                     domain list
//   alias add NAME MEMBER...                adds members; makes the alias when it is missing
//   alias set NAME [MEMBER...]              replaces them; without members the alias swallows its mail
//   alias remove NAME [MEMBER...]           the members, or the whole alias
//   alias show NAME                         alias list [DOMAIN] [after=NAME] [limit=N]
//   explain ADDRESS                         how it resolves
//
// Keys of an account: password (clear text), password_hash (a stored form, see password.h), uid, gid (both or none), home,
// maildir, quota ("10G", "10G,50000" with a number of messages, or maildir quota text "10000000S,5000C"; "" none), name,
// options, enabled (yes, no).
//
// Answers: an account is {"address","domain","uid","gid","home","maildir","quota_bytes","quota_messages","options","name",
// "enabled","has_password","scram","scheme"}; a list of them is an array; a domain {"name","kind"}; an alias
// {"address","members":[...]}; explain {"address","meaning","steps":[...],"targets":[{"address","mailbox","home","maildir","failure"}]}.
// Mutations answer the object as it is now, removals {"removed":NAME}. Status 0, 64 (usage), 65 (breaks a rule),
// 67 (no such account, alias or domain), 73 (is there already), 75 (the database does not answer).
// Passwords are never in an answer or an error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/control.h"
#include "store/accounts/database.h"
#include "store/accounts/resolve.h"

namespace courier::accounts {

struct Administration {
  Naming naming;
  HashCost cost;
  std::string mail_dir;
  std::uint32_t shards = 1;
};

// True for the verbs above.
[[nodiscard]] bool is_administration(std::string_view verb);
// The verb changes the database.
[[nodiscard]] bool is_mutation(std::string_view verb);
[[nodiscard]] control::Answer administer(AccountDatabase& database, const Administration& how, std::string_view verb,
                                         const std::vector<std::string>& arguments);

// "10G", "10G,50000", "10000000S,5000C", "" -> bytes and messages.
struct Quota {
  std::uint64_t bytes = 0, messages = 0;
  bool operator==(const Quota&) const = default;
};
[[nodiscard]] std::optional<Quota> parse_quota(std::string_view text);

}  // namespace courier::accounts
