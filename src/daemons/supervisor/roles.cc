#include "daemons/supervisor/roles.h"

namespace courier {

namespace {

using S = SupervisorSettings;

const std::vector<Role>& table() {
  static const std::vector<Role> all{
      {.name = "auth",
       .program = "auth",
       .job = "accounts, sign-in, what an address means, limits per address and account",
       .user = &S::user_auth,
       .settings = {"auth"},
       .folders = {Folder::AuthState},
       .verbs = {"account", "domain", "alias", "explain", "limits"}},
      {.name = "queue",
       .program = "queue",
       .job = "the spool and its schedule",
       .user = &S::user_queue,
       .settings = {"queue"},
       .folders = {Folder::Spool},
       .verbs = {"queue", "trace"}},
      {.name = "mailbox",
       .program = "mailbox",
       .job = "mail of the accounts of one system user: delivery, IMAP and POP3 after sign-in",
       .user = &S::user_mail,
       .settings = {"mailbox", "imap", "pop3"},
       .sharded = true,
       .folders = {Folder::Mail}},
      {.name = "esmtp",
       .program = "esmtp",
       .job = "sends mail to other hosts",
       .user = &S::user_esmtp,
       .settings = {"esmtp"},
       .network_out = true},
      {.name = "smtpd-mx",
       .program = "smtpd",
       .job = "takes mail from other hosts",
       .user = &S::user_smtpd,
       .settings = {"smtpd"},
       .tls = true,
       .services = {{"smtp", &S::listen_smtp}}},
      {.name = "smtpd-submission",
       .program = "smtpd",
       .job = "takes mail from signed-in users and local programs",
       .user = &S::user_submission,
       .settings = {"smtpd"},
       .tls = true,
       .services = {{"submission", &S::listen_submission},
                    {"submissions", &S::listen_submissions, true},
                    {"submission", nullptr, false, 0666}}},
      {.name = "smtpd-inject",
       .program = "smtpd",
       .job = "takes mail from inner sources: forwards, lists, the web",
       .user = &S::user_submission,
       .settings = {"smtpd"},
       .services = {{"inject", nullptr, false, 0600}}},
      {.name = "front",
       .program = "front",
       .job = "TLS and everything before sign-in for IMAP and POP3",
       .user = &S::user_front,
       .settings = {"front"},
       .tls = true,
       .services =
           {{"imap", &S::listen_imap}, {"imaps", &S::listen_imaps, true}, {"pop3", &S::listen_pop3}, {"pop3s", &S::listen_pop3s, true}}},
  };
  return all;
}

}  // namespace

std::span<const Role> roles() { return table(); }

const Role* find_role(std::string_view name) {
  for (const Role& role : table()) {
    if (role.name == name) return &role;
  }
  return nullptr;
}

const Role* role_for_verb(std::string_view verb) {
  const std::string_view first = verb.substr(0, verb.find(' '));
  for (const Role& role : table()) {
    for (const char* mine : role.verbs) {
      if (first == mine) return &role;
    }
  }
  return nullptr;
}

std::string folder_path(Folder folder, const SupervisorSettings& settings) {
  switch (folder) {
    case Folder::Spool: return settings.spool_dir;
    case Folder::AuthState: return settings.state_dir + "/auth";
    case Folder::Mail: return settings.mail_dir;
  }
  return {};
}

std::string state_folder(const Role& role, const SupervisorSettings& settings) {
  for (const Folder folder : role.folders) {
    if (folder == Folder::Spool || folder == Folder::AuthState) return folder_path(folder, settings);
  }
  return {};
}

}  // namespace courier
