// Directory: answers what an address means (contracts/directory.h).
#pragma once

#include <string>

#include "contracts/directory.h"
#include "daemons/auth/account_store.h"

namespace courier::auth {

class Directory {
 public:
  explicit Directory(AccountStore& store) : store_(store) {}

  [[nodiscard]] Task<directory::LookupReply> lookup(std::string address);
  // Targets in the order of their addresses; the cursor is the last one given, so a list that changes between two chunks
  // neither repeats nor skips who was there all along.
  [[nodiscard]] Task<directory::ExpandReply> expand(directory::Expand request);
  // Only for accounts that belong to `mailbox` ("mailbox:v0"); any other is not found.
  [[nodiscard]] Task<directory::AccountReply> account(std::string mailbox, std::string address);

 private:
  AccountStore& store_;
};

}  // namespace courier::auth
