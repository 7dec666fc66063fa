// Opening the spool's database, and what is done when it is damaged: the files are moved to `damaged-<time>/`, a fresh
// database begins, and every message that can still be read is copied into it with its number, schedule and history.
#pragma once

#include "store/queue/spool.h"

namespace courier::spool {

[[nodiscard]] Result<sqlite::Database, std::string> open_or_salvage(Disk& disk, const std::string& folder, std::int64_t now_us,
                                                                    OpenReport& report);

}  // namespace courier::spool
