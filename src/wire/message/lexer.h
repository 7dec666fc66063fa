// Lexical tokens of structured header fields (RFC 5322, section 3.2), read tolerantly: what should be closed and is not
// ends with the text.
#pragma once

#include <string>

#include "wire/text/cursor.h"

namespace courier::message {

// Blanks, line ends and comments. The text of the last comment goes to `comment` when that is not null.
void skip_cfws(Cursor& in, std::string* comment = nullptr);
// From the quote to the quote, without them and without backslashes and line ends.
[[nodiscard]] std::string take_quoted_string(Cursor& in);

}  // namespace courier::message
