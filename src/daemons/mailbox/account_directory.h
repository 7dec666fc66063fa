// AccountDirectory: where the mail of an account lies, asked of auth and remembered for some seconds.
#pragma once

#include <map>
#include <string>

#include "contracts/directory.h"
#include "runtime/link.h"
#include "runtime/task.h"

namespace courier::mailbox {

class AccountDirectory {
 public:
  // `auth` outlives this.
  AccountDirectory(Loop& loop, Link& auth) : loop_(loop), auth_(auth) {}

  // `available` false: auth does not answer now.
  [[nodiscard]] Task<directory::AccountReply> find(std::string address);

 private:
  struct Known {
    directory::AccountReply reply;
    Instant until;
  };

  Loop& loop_;
  Link& auth_;
  std::map<std::string, Known> known_;
};

}  // namespace courier::mailbox
