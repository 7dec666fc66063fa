// Control: what the supervisor and a process say to each other over the channel the process was born with (descriptor 3).
// Contract number 0x00.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace courier::control {

// What a listening socket is for. `service` names the protocol and role: "smtp", "submission", "submissions", "inject",
// "imap", "imaps", "pop3", "pop3s", "metrics".
struct ListenerInfo {
  std::string service;
  std::string address;  // as configured, for logs
  bool implicit_tls = false;
  template <class V>
  void fields(V& v) {
    v("service", service), v("address", address), v("implicit_tls", implicit_tls);
  }
};

// A certificate chain with its private key, as PEM text. The supervisor reads the files as root.
struct Certificate {
  std::string chain_pem, key_pem;
  template <class V>
  void fields(V& v) {
    v("chain_pem", chain_pem), v("key_pem", key_pem);
  }
};

struct Started {
  std::string error;  // empty: the process serves
  template <class V>
  void fields(V& v) {
    v("error", error);
  }
};

// supervisor -> process, once, first. Descriptors: one a listener, in order, then the log file if `log_to_file`.
struct Start {
  static constexpr std::uint16_t type = 0x0001;
  static constexpr const char* name = "start";
  using Reply = Started;
  std::string role;           // "smtpd-mx": as in docs/PROCESSES.md
  std::string instance;       // which of several: mailbox shard "v0", system uid "u1000"; else empty
  std::string host_name;
  std::uint64_t boot = 0;     // number of this start of the supervisor, never repeated: part of queue ids
  std::string settings;       // the role's slice, encoded
  std::uint32_t uid = 0, gid = 0;  // become these; both 0: stay who we are
  bool sandbox = true;        // seccomp and Landlock
  std::vector<std::string> writable;  // folders the process may use (Landlock), absolute
  std::vector<std::string> readable;
  std::string state_dir;              // the process's own folder for what it keeps; empty: it keeps nothing
  std::string mail_dir;               // mail of virtual accounts lies below it
  std::uint32_t mailbox_shards = 1;   // mailbox processes of the virtual-mail user: "mailbox:v0" and on
  std::uint64_t max_memory = 0;       // bytes; 0: no limit
  std::uint64_t max_descriptors = 0;
  std::uint8_t log_format = 0, log_target = 0, log_level = 0;  // runtime/log.h
  bool log_to_file = false;
  std::vector<ListenerInfo> listeners;
  std::vector<std::string> ticket_keys;  // TLS session ticket keys, newest first
  std::vector<Certificate> certificates;  // for roles that speak TLS as a server; the first is the default
  template <class V>
  void fields(V& v) {
    v("role", role), v("instance", instance), v("host_name", host_name), v("boot", boot), v("settings", settings);
    v("uid", uid), v("gid", gid), v("sandbox", sandbox), v("writable", writable), v("readable", readable);
    v("state_dir", state_dir), v("mail_dir", mail_dir), v("mailbox_shards", mailbox_shards);
    v("max_memory", max_memory), v("max_descriptors", max_descriptors), v("log_format", log_format);
    v("log_target", log_target), v("log_level", log_level), v("log_to_file", log_to_file), v("listeners", listeners);
    v("ticket_keys", ticket_keys), v("certificates", certificates);
  }
};

// supervisor -> process, at any time: a new end of a channel. The old one of that role, if any, is dead. One descriptor.
struct OpenChannel {
  static constexpr std::uint16_t type = 0x0002;
  static constexpr const char* name = "open channel";
  std::string peer;  // role, or "role:instance"
  std::uint64_t number = 0;  // of this channel, never repeated
  template <class V>
  void fields(V& v) {
    v("peer", peer), v("number", number);
  }
};

// process -> supervisor: the peer broke the rules of that channel, which is closed now. The supervisor makes another after a
// moment: a fault of one process must not part it for ever from one that lives.
struct ChannelBroken {
  static constexpr std::uint16_t type = 0x000b;
  static constexpr const char* name = "channel broken";
  std::string peer;
  std::uint64_t number = 0;
  template <class V>
  void fields(V& v) {
    v("peer", peer), v("number", number);
  }
};

struct Reloaded {
  std::string error;                       // not empty: the old settings go on
  std::vector<std::string> needs_restart;  // keys whose change waits for a restart
  template <class V>
  void fields(V& v) {
    v("error", error), v("needs_restart", needs_restart);
  }
};
struct Reload {
  static constexpr std::uint16_t type = 0x0003;
  static constexpr const char* name = "reload";
  using Reply = Reloaded;
  std::string settings;
  template <class V>
  void fields(V& v) {
    v("settings", settings);
  }
};

struct Drained {
  bool clean = false;  // nothing was cut off
  template <class V>
  void fields(V& v) {
    v("clean", clean);
  }
};
// End politely: no new work, finish what runs within `within_ms`, then answer. The process exits when the channel closes.
struct Drain {
  static constexpr std::uint16_t type = 0x0004;
  static constexpr const char* name = "drain";
  using Reply = Drained;
  std::int64_t within_ms = 0;
  template <class V>
  void fields(V& v) {
    v("within_ms", within_ms);
  }
};

struct Answer {
  std::int32_t status = 0;  // exit status for the command: 0, or one of sysexits.h
  std::string json;         // the result
  std::string error;        // with a status other than 0
  template <class V>
  void fields(V& v) {
    v("status", status), v("json", json), v("error", error);
  }
};
// An administrator's question, relayed from the local control socket: verb "queue list", arguments.
struct Ask {
  static constexpr std::uint16_t type = 0x0005;
  static constexpr const char* name = "ask";
  using Reply = Answer;
  std::string verb;
  std::vector<std::string> arguments;
  template <class V>
  void fields(V& v) {
    v("verb", verb), v("arguments", arguments);
  }
};

struct MetricsText {
  std::string text;
  template <class V>
  void fields(V& v) {
    v("text", text);
  }
};
struct GetMetrics {
  static constexpr std::uint16_t type = 0x0006;
  static constexpr const char* name = "metrics";
  using Reply = MetricsText;
  bool unused = false;
  template <class V>
  void fields(V& v) {
    v("unused", unused);
  }
};

struct MailboxEnsured {
  std::string error;
  template <class V>
  void fields(V& v) {
    v("error", error);
  }
};
// auth -> supervisor, from no one else: there shall be a mailbox process of this system uid. When the answer comes, every
// process that talks to mailboxes has been sent its channel end.
struct EnsureMailbox {
  static constexpr std::uint16_t type = 0x0007;
  static constexpr const char* name = "ensure mailbox";
  using Reply = MailboxEnsured;
  std::uint32_t uid = 0, gid = 0;
  std::string root;  // its mail lies below this folder
  template <class V>
  void fields(V& v) {
    v("uid", uid), v("gid", gid), v("root", root);
  }
};

struct NewTicketKeys {
  static constexpr std::uint16_t type = 0x0008;
  static constexpr const char* name = "ticket keys";
  std::vector<std::string> keys;
  template <class V>
  void fields(V& v) {
    v("keys", keys);
  }
};

struct ReopenLog {
  static constexpr std::uint16_t type = 0x0009;
  static constexpr const char* name = "reopen log";
  bool has_file = false;  // one descriptor
  template <class V>
  void fields(V& v) {
    v("has_file", has_file);
  }
};

// supervisor -> process, before a Reload: new connections are served with these.
struct NewCertificates {
  static constexpr std::uint16_t type = 0x000a;
  static constexpr const char* name = "certificates";
  std::vector<Certificate> certificates;
  template <class V>
  void fields(V& v) {
    v("certificates", certificates);
  }
};

}  // namespace courier::control
