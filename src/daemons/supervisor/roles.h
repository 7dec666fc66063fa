// The roles: which processes there are, who runs them, what reaches them and what they may touch. The one place that says
// so: the supervisor applies it, docs/PROCESSES.md is written from it, and a test as root compares it with /proc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "settings/supervisor.h"

namespace courier {

// Folders that a role may be given.
enum class Folder {
  Spool,       // the queue
  AuthState,   // account database
  Mail,        // mail of virtual accounts
};

struct Service {
  const char* name;  // control::ListenerInfo::service
  std::vector<std::string> SupervisorSettings::* addresses;  // null: the Unix socket of this name in run_dir
  bool implicit_tls = false;
  unsigned mode = 0;  // of that Unix socket
};

struct Role {
  const char* name;
  const char* program;   // in libexec
  const char* job;       // for the document
  std::string SupervisorSettings::* user;
  std::vector<const char*> settings;  // its tables in courier.toml; the slice is their values in this order
  bool tls = false;      // serves TLS: is given certificates and ticket keys
  bool network_out = false;
  bool sharded = false;  // mailbox: several instances
  std::vector<Service> services = {};
  std::vector<Folder> folders = {};
  std::vector<const char*> verbs = {};  // of the control socket that it answers
};

[[nodiscard]] std::span<const Role> roles();
[[nodiscard]] const Role* find_role(std::string_view name);
// The role that answers this verb of the control socket ("queue list": the first word counts); null: none.
[[nodiscard]] const Role* role_for_verb(std::string_view verb);

// Where the folder lies in this instance.
[[nodiscard]] std::string folder_path(Folder folder, const SupervisorSettings& settings);
// The process's own folder (control::Start::state_dir), empty: none.
[[nodiscard]] std::string state_folder(const Role& role, const SupervisorSettings& settings);

}  // namespace courier
