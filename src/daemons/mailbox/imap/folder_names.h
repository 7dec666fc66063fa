// Folder names between the client (modified UTF-7, perhaps with "INBOX." in front) and the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/maildir/folder_name.h"

namespace courier::mailbox {

inline constexpr char separator = '.';

// `prefix` is the setting imap.folder_prefix: "" or "INBOX.". Without one, "INBOX.Sent" is understood as "Sent". Nothing for a
// name that cannot be a folder's. One separator at the end is left out (RFC 3501, section 6.3.3).
[[nodiscard]] std::optional<store::FolderName> folder_from_wire(std::string_view name, std::string_view prefix);
// "INBOX", or the prefix and the path.
[[nodiscard]] std::string folder_to_wire(const store::FolderName& name, std::string_view prefix);
// The attribute of RFC 6154, "\Sent", or empty.
[[nodiscard]] std::string_view special_use(const store::FolderName& name);

}  // namespace courier::mailbox
