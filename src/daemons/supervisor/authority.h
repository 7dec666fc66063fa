// Who may send which message to whom. The supervisor makes channels only between roles that this table connects;
// every process serves only these types on the channel of that peer, and refuses a peer that sends another (a test
// sends every type on every channel to every daemon). docs/PROCESSES.md is written from this table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace courier {

struct Permission {
  const char* from;
  const char* to;
  std::uint16_t type;
  const char* message;
};

// Between daemons. What the supervisor itself says (runtime/control.h) every process takes from it alone.
[[nodiscard]] std::span<const Permission> permissions();
// What processes may say to the supervisor.
[[nodiscard]] std::span<const Permission> supervisor_permissions();

[[nodiscard]] bool may_send(std::string_view from, std::string_view to, std::uint16_t type);
// There is a channel between these roles.
[[nodiscard]] bool are_connected(std::string_view a, std::string_view b);

// Every message type of every contract, each once: what a rogue could send.
[[nodiscard]] std::span<const Permission> all_messages();

}  // namespace courier
