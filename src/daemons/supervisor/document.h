// docs/PROCESSES.md, written from roles.cc and authority.cc.
#pragma once

#include <string>

namespace courier {

[[nodiscard]] std::string processes_document();

}  // namespace courier
