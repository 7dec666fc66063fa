// Small files that the command writes whole.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace courier::tool {

// Replaces `path`: whoever reads it sees the old text or the new one. The error names the file and why.
[[nodiscard]] Result<void, std::string> write_text_file(const std::string& path, const std::string& text, ::mode_t mode = 0644);

// Makes the folder and what is missing above it.
[[nodiscard]] Result<void, std::string> make_folder(const std::string& path, ::mode_t mode);

}  // namespace courier::tool
