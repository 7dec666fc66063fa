// TLS certificates and keys, read as root from the files that server.certificates names.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/control.h"
#include "runtime/disk.h"

namespace courier {

// Each entry is "FILE" (chain and key in one) or "CHAIN KEY". The error names the file and what is wrong with it.
[[nodiscard]] Result<std::vector<control::Certificate>, std::string> read_certificates(Disk& disk, const std::vector<std::string>& entries);

}  // namespace courier
