#include "settings/supervisor.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "courier_paths.h"

namespace courier {

namespace {

constexpr std::int64_t most_mailbox_shards = 64;

std::string check_path(std::string_view value) {
  if (value.starts_with('/') && value.find("/../") == std::string_view::npos) return {};
  return "must be an absolute path";
}

std::string check_optional_path(std::string_view value) { return value.empty() ? std::string() : check_path(value); }

// RFC 1123, section 2.1.
std::string check_host_name(std::string_view value) {
  if (value.empty()) return {};
  if (value.size() > 253) return "is longer than 253 characters";
  for (const std::string_view label : split(value, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return "is not a host name";
    for (const char c : label) {
      if (!ascii_alpha(c) && !ascii_digit(c) && c != '-') return "is not a host name";
    }
  }
  return {};
}

std::string check_listener(std::string_view value) {
  ListenAddress address;
  if (parse_listen_address(value, address)) return {};
  return "must be ADDRESS:PORT, [IPV6]:PORT, *:PORT or the path of a Unix socket";
}

std::string check_certificate(std::string_view value) {
  for (const std::string_view path : split(value, ' ')) {
    if (!check_path(path).empty()) return "must be one absolute path, or two: CHAIN and KEY with a space between them";
  }
  return split(value, ' ').size() <= 2 ? std::string() : "must be one or two paths";
}

std::string check_user(std::string_view value) {
  return value.empty() || value == "root" ? "must be a user other than root" : std::string();
}

bool is_ip(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

struct Listed {
  const char* key;
  const char* help;
  std::vector<std::string> SupervisorSettings::* member;
};
constexpr Listed listeners[] = {
    {"listen_smtp", "Where mail from other servers arrives (SMTP).", &SupervisorSettings::listen_smtp},
    {"listen_submission", "Where users' mail programs hand in mail (submission, STARTTLS).", &SupervisorSettings::listen_submission},
    {"listen_submissions", "The same with TLS from the first byte.", &SupervisorSettings::listen_submissions},
    {"listen_imap", "Where mail programs read mail (IMAP, STARTTLS).", &SupervisorSettings::listen_imap},
    {"listen_imaps", "The same with TLS from the first byte.", &SupervisorSettings::listen_imaps},
    {"listen_pop3", "Where mail programs fetch mail (POP3, STLS).", &SupervisorSettings::listen_pop3},
    {"listen_pop3s", "The same with TLS from the first byte.", &SupervisorSettings::listen_pop3s},
    {"listen_metrics",
     "Where a Prometheus server reads metrics over HTTP. Whoever operates monitoring sets it; the same text is always on the Unix socket "
     "`metrics` in run_dir.",
     &SupervisorSettings::listen_metrics},
};

struct User {
  const char* key;
  const char* help;
  std::string SupervisorSettings::* member;
};
constexpr User users[] = {
    {"user_front", "Runs the process that IMAP and POP3 clients reach.", &SupervisorSettings::user_front},
    {"user_smtpd", "Runs the process that other mail servers reach.", &SupervisorSettings::user_smtpd},
    {"user_submission", "Runs the processes that take users' own mail.", &SupervisorSettings::user_submission},
    {"user_queue", "Runs the queue and owns the spool.", &SupervisorSettings::user_queue},
    {"user_auth", "Runs sign-in and owns the account database.", &SupervisorSettings::user_auth},
    {"user_esmtp", "Runs the process that sends mail to other servers.", &SupervisorSettings::user_esmtp},
    {"user_mail", "Owns the mail of virtual accounts.", &SupervisorSettings::user_mail},
};

void visit_log(SupervisorSettings& s, SettingVisitor& v) {
  v.text({.key = "log_target",
          .help = "Where the log goes: the standard error of courierd, log_file, or the system journal.",
          .choices = {"stderr", "file", "journald"},
          .restart = true},
         s.log_target);
  v.text({.key = "log_file",
          .help = "The log's file, with log_target = \"file\". After it was moved away: `courier log reopen`.",
          .restart = true,
          .root_only = true,
          .check = check_optional_path},
         s.log_file);
  v.text({.key = "log_format",
          .help = "One line an event, as text or JSON. Set by whoever reads the log with a program.",
          .choices = {"text", "json"},
          .restart = true},
         s.log_format);
  v.text({.key = "log_level",
          .help = "Events below this level are left out.",
          .choices = {"debug", "info", "notice", "warning", "error"},
          .restart = true},
         s.log_level);
}

void visit_limits(SupervisorSettings& s, SettingVisitor& v) {
  v.number({.key = "mailbox_shards",
            .help = "Processes that share the mail of virtual accounts; 0: one for every two processors of the machine. With fewer, more "
                    "deliveries are synced to the disk together; with more, IMAP uses more processors at a time.",
            .unit = "processes",
            .min = 0,
            .max = most_mailbox_shards,
            .restart = true},
           s.mailbox_shards);
  v.size({.key = "max_memory",
          .help = "Memory each process may use; 0: no limit. Set on a machine that other services share.",
          .min = 0,
          .restart = true},
         s.max_memory);
  v.number({.key = "max_descriptors",
            .help = "Open files and connections each process may have, as far as the system allows. Raise it for more than some 30,000 "
                    "clients at a time.",
            .unit = "descriptors",
            .min = 256,
            .max = 1'000'000,
            .restart = true},
           s.max_descriptors);
  v.flag({.key = "sandbox",
          .help = "Lock every process in (seccomp, Landlock). Switch it off only to trace a fault of the sandbox itself.",
          .restart = true,
          .root_only = true},
         s.sandbox);
  v.duration(
      {.key = "restart_pause",
       .help = "The longest pause before a process that ended is started again. The first pause is 0.2 s, and each is twice the last "
               "one until a process lives for a minute. 0: always 0.2 s.",
       .min = 0,
       .max = 3600,
       .restart = true},
      s.restart_pause);
  v.duration(
      {.key = "stop_time", .help = "What runs may go on so long after a stop was asked for, then it is cut off.", .min = 0, .max = 3600},
      s.stop_time);
  v.duration({.key = "drain_time",
              .help = "The same for `courier drain`, which an administrator uses before moving service elsewhere.",
              .min = 0,
              .max = 86'400},
             s.drain_time);
}

}  // namespace

SupervisorSettings::SupervisorSettings()
    : spool_dir(paths::spool), state_dir(paths::state), mail_dir(std::string(paths::state) + "/mail"), run_dir(paths::run) {}

void SupervisorSettings::visit(SettingVisitor& v) {
  v.text({.key = "host_name",
          .help =
              "This server's name in greetings, Received fields and message ids; its MX record and certificate carry the same name. Empty: "
              "the machine's own.",
          .restart = true,
          .check = check_host_name},
         host_name);
  v.text({.key = "spool_dir",
          .help = "The queue. A local disk that survives a crash; never a network file system.",
          .restart = true,
          .root_only = true,
          .check = check_path},
         spool_dir);
  v.text(
      {.key = "state_dir", .help = "Account database and other things to keep.", .restart = true, .root_only = true, .check = check_path},
      state_dir);
  v.text({.key = "mail_dir", .help = "Mail of virtual accounts.", .restart = true, .root_only = true, .check = check_path}, mail_dir);
  v.text({.key = "run_dir", .help = "Process id and sockets.", .restart = true, .root_only = true, .check = check_path}, run_dir);
  v.flag({.key = "separate_users",
          .help = "As root: give each process a user of its own. Off, courierd refuses to run as root: mail is never served as root.",
          .restart = true,
          .root_only = true},
         separate_users);
  for (const User& user : users) {
    v.text({.key = user.key, .help = user.help, .restart = true, .root_only = true, .check = check_user}, this->*user.member);
  }
  for (const Listed& listener : listeners) {
    v.list({.key = listener.key, .help = listener.help, .restart = true, .root_only = true, .check = check_listener},
           this->*listener.member);
  }
  v.list(
      {.key = "certificates",
       .help = "PEM files for TLS: \"FILE\" with chain and key, or \"CHAIN KEY\". The first is for clients that name no server. Read again "
               "at every reload, so a renewed certificate needs `courier reload`.",
       .root_only = true,
       .check = check_certificate},
      certificates);
  v.duration({.key = "ticket_key_lifetime",
              .help = "TLS sessions can be resumed for twice this time. Shorter means that a stolen key opens less recorded traffic.",
              .min = 300,
              .max = 604'800},
             ticket_key_lifetime);
  visit_limits(*this, v);
  visit_log(*this, v);
}

std::string effective_host_name(const SupervisorSettings& settings) {
  if (!settings.host_name.empty()) return settings.host_name;
  char name[256] = "";
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "localhost";
}

std::int64_t effective_mailbox_shards(const SupervisorSettings& settings) {
  if (settings.mailbox_shards > 0) return settings.mailbox_shards;
  return std::clamp<std::int64_t>(std::thread::hardware_concurrency() / 2, 1, most_mailbox_shards);
}

bool parse_listen_address(std::string_view text, ListenAddress& address) {
  address = {};
  if (text.starts_with("unix:")) text.remove_prefix(5);
  if (text.starts_with('/')) {
    address.path = text;
    return text.size() < 108;  // sun_path
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string_view host = text.substr(0, colon);
  const auto port = to_u32(text.substr(colon + 1));
  if (!port || *port == 0 || *port > 65535) return false;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  address.host = host;
  address.port = static_cast<std::uint16_t>(*port);
  const bool has_colon = host.find(':') != std::string_view::npos;
  return host == "*" || (has_colon == bracketed && is_ip(address.host));
}

}  // namespace courier
