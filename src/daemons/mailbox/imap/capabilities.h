// What this server can do, as CAPABILITY tells it.
#pragma once

#include <string>

#include "settings/imap.h"

namespace courier::mailbox {

// After sign-in. Without the word CAPABILITY.
[[nodiscard]] std::string capabilities(const ImapSettings& settings);

}  // namespace courier::mailbox
