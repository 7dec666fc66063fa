// The verbs of account, domain, alias and explain: asked of the running server, or done on the database of a stopped one.
#pragma once

#include <string>
#include <vector>

#include "runtime/control.h"
#include "settings/files.h"
#include "tools/courier/command.h"

namespace courier::tool {

// Where the embedded account database of an instance lies.
[[nodiscard]] std::string account_database(const Snapshot& snapshot);

// As root the command becomes the owner of the database before it opens it, so that no file in its folder is root's.
[[nodiscard]] control::Answer administer(const Invocation& invocation, const std::string& verb, const std::vector<std::string>& arguments);

}  // namespace courier::tool
