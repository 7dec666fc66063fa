// The tables of the spool and the settings of its database.
#pragma once

#include "store/sqlite/database.h"

namespace courier::spool {

// Stored formats: this one is written and read; an older one is brought up, a newer one refused.
inline constexpr int schema_version = 1;
inline constexpr int page_size = 4096;
// About 16 MB of WAL, then a checkpoint.
inline constexpr int checkpoint_pages = 4096;

// Sets the pragmas and makes the tables in a new database; checks the version of an old one. Fault::Other with a text when
// the version is newer than ours.
[[nodiscard]] sqlite::Result<void> prepare_schema(sqlite::Database& database);

}  // namespace courier::spool
