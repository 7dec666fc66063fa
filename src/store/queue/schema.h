// The tables of the spool and the settings of its database.
#pragma once

#include "store/sqlite/database.h"

namespace courier::spool {

// Stored formats: this one is written and read; any other is refused. Version 1 was never released.
inline constexpr int schema_version = 2;
inline constexpr int page_size = 4096;
// A checkpoint costs by the pages that differ, not by the length of the log, and whoever commits waits for it: under load the log
// grows to 64 MB; when the queue rests, a megabyte is enough.
inline constexpr int checkpoint_pages = 16384;
inline constexpr int checkpoint_pages_at_rest = 256;

// Sets the pragmas and makes the tables in a new database; checks the version of an old one. Fault::Other with a text when
// it is not ours.
[[nodiscard]] sqlite::Result<void> prepare_schema(sqlite::Database& database);

}  // namespace courier::spool
