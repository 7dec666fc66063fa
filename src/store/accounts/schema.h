// Tables of the account database, by version (PRAGMA user_version).
// A version that this program does not know is refused; a file of an older one is brought up to date when it is opened.
#pragma once

#include "store/sqlite/database.h"

namespace courier::accounts {

inline constexpr std::int64_t schema_version = 1;

// Makes the tables of a new file, or checks those of an old one. The error is for the administrator.
[[nodiscard]] courier::Result<void, std::string> prepare_schema(sqlite::Database& database);

}  // namespace courier::accounts
