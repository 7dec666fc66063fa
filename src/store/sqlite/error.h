// SQLite's result codes as Errors. For the .cc files of this folder.
#pragma once

#include "store/sqlite/database.h"

namespace courier::sqlite {

// `handle` may be null: then the text is SQLite's general one for `code`.
[[nodiscard]] Error make_error(int code, sqlite3* handle);

}  // namespace courier::sqlite
