// What `courier setup` does to the machine, a small step each.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace courier::tool {

// Runs a program found on PATH, its output and input ours; waits for its end. Its exit status; 127 when it is not there.
[[nodiscard]] int run_program(std::vector<std::string> words);

[[nodiscard]] bool user_exists(const std::string& name);
// A system user of that name with a group of its own, without home and shell. The error says what to do about it.
[[nodiscard]] Result<void, std::string> make_system_user(const std::string& name);
[[nodiscard]] Result<void, std::string> remove_system_user(const std::string& name);

// systemd runs this machine.
[[nodiscard]] bool systemd_runs();
// The unit of the server; `command` is this program, `config` its courier.toml, `writable` the folders the server writes in.
[[nodiscard]] std::string unit_text(const std::string& command, const std::string& config, const std::vector<std::string>& writable);

}  // namespace courier::tool
