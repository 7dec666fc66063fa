// A password from the administrator: never from the command line, where every user of the machine could read it.
#pragma once

#include <string>

#include "base/result.h"

namespace courier::tool {

// On a terminal: asks twice, without echo. Otherwise: one line of standard input. The error is for the administrator.
[[nodiscard]] Result<std::string, std::string> read_password(const std::string& prompt);

}  // namespace courier::tool
