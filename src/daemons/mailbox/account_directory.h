// AccountDirectory: where the mail of an account lies, asked of auth and remembered for some seconds.
#pragma once

#include <string>

#include "contracts/directory.h"
#include "runtime/link.h"
#include "runtime/remembered.h"
#include "runtime/task.h"

namespace courier::mailbox {

class AccountDirectory {
 public:
  // `auth` outlives this.
  AccountDirectory(Loop& loop, Link& auth);

  // `available` false: auth does not answer now.
  [[nodiscard]] Task<directory::AccountReply> find(std::string address);

 private:
  Loop& loop_;
  Link& auth_;
  Remembered<directory::AccountReply> known_;
};

}  // namespace courier::mailbox
