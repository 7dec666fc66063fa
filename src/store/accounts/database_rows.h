// Rows of the account database as values. For the .cc files of this folder.
#pragma once

#include "store/accounts/database.h"

namespace courier::accounts {

// The columns that read_account() expects, in order.
inline constexpr const char* account_columns =
    "address, password, scram, uid, gid, home, maildir, quota_bytes, quota_messages, options, name, enabled";
[[nodiscard]] Account read_account(const sqlite::Statement& row);
[[nodiscard]] Unavailable unavailable(const sqlite::Error& error);
[[nodiscard]] EditError edit_error(const sqlite::Error& error);
// What stands behind the last '@'.
[[nodiscard]] std::string_view domain_of(std::string_view address);

}  // namespace courier::accounts
