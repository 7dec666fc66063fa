#include "daemons/supervisor/document.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "daemons/supervisor/authority.h"
#include "daemons/supervisor/roles.h"

namespace courier {

namespace {

constexpr const char* introduction = R"(# Processes

Who runs as whom, what each may touch, and who may say what to whom. This file is written from
`src/daemons/supervisor/roles.cc` and `authority.cc`, which the supervisor applies; a test compares it, another one runs as
root and compares the first table with `/proc`. To write it anew: `COURIER_UPDATE=1 build/dev/tests/daemon_supervisor_test`.

`courierd`, the supervisor, runs as root, or as whoever started a private instance. It binds ports, makes channels, starts
and restarts the others, and parses no mail. Nobody reaches it but the owner of the instance, over `run_dir/control` (mode
0600). In a private instance every process runs as the one who started it; everything else here holds.

Every other process: cannot be traced by its own user, gains no privileges through set-id programs, starts no programs, is
held by a seccomp filter and, where the kernel has Landlock, to the folders named here; it sees an empty environment and
the descriptors it was given; its memory and descriptors are limited (`server.max_memory`, `server.max_descriptors`).
Whoever connects out has the system's root certificates open to read.

)";

constexpr const char* folder_names[] = {"`server.spool_dir`", "`server.state_dir`/auth", "`server.mail_dir`"};

std::string user_of(const Role& role) { return SupervisorSettings().*role.user; }

std::string reached_by(const Role& role) {
  std::string out;
  for (const Service& service : role.services) {
    if (!out.empty()) out += ", ";
    out += service.addresses ? std::string("`server.listen_") + service.name + "`" : std::string("socket `run_dir/") + service.name + "`";
  }
  return out.empty() ? "nobody" : out;
}

std::string folders(const Role& role) {
  std::string out;
  for (const Folder folder : role.folders) out += (out.empty() ? "" : ", ") + std::string(folder_names[static_cast<int>(folder)]);
  if (role.sharded) out += "; for a system user: the home of its accounts";
  return out.empty() ? "nothing" : out;
}

std::string role_table() {
  std::string out =
      "| process | program | does | runs as | reached by | may touch on disk | may connect out |\n|---|---|---|---|---|---|---|\n";
  for (const Role& role : roles()) {
    const std::string user =
        user_of(role) + (role.sharded ? " (shards `v0`…), or the system user of the accounts (`u`*uid*, on demand; never uid 0)" : "");
    out += "| `" + std::string(role.name) + "` | " + role.program + " | " + role.job + " | " + user + " | " + reached_by(role) + " | " +
           folders(role) + " | " + (role.network_out ? "yes" : "no") + " |\n";
  }
  return out;
}

void append_messages(std::string& out, std::span<const Permission> table) {
  // One row a pair, in the order of its first message.
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Permission& p : table) {
    char number[8];
    std::snprintf(number, sizeof number, "%04x", p.type);
    const std::string pair = "| `" + std::string(p.from) + "` | `" + p.to + "` | ";
    const std::string text = std::string(p.message) + " (" + number + ")";
    bool found = false;
    for (auto& [key, messages] : rows) {
      if (key != pair) continue;
      messages += ", " + text;
      found = true;
    }
    if (!found) rows.emplace_back(pair, text);
  }
  for (const auto& [key, messages] : rows) out += key + messages + " |\n";
}

}  // namespace

std::string processes_document() {
  std::string out = introduction + role_table();
  out +=
      "\n## Who may send which message to whom\n\nA channel exists only between processes that stand in one row. Identity is the channel: the "
      "supervisor made it, and no message\nclaims who sends it. A process that sends another type than these is refused and the channel "
      "closed. The numbers are the message\ntypes of `src/contracts` and `src/runtime/control.h`.\n\n| from | to | messages |\n|---|---|---|\n";
  append_messages(out, permissions());
  append_messages(out, supervisor_permissions());
  out += "\nThe supervisor itself sends every process: ";
  bool first = true;
  for (const Permission& p : all_messages()) {
    if (p.type >= 0x0100 || may_send("auth", "supervisor", p.type)) continue;  // auth may send all that anyone may
    out += (first ? "" : ", ") + std::string(p.message);
    first = false;
  }
  return out + ".\n";
}

}  // namespace courier
