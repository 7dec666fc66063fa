// Snapshot: all settings of an instance, checked. What the supervisor holds and cuts into slices.
//
// To add a daemon's settings: include its header, one member, one line in tables().
#pragma once

#include "settings/auth.h"
#include "settings/esmtp.h"
#include "settings/front.h"
#include "settings/imap.h"
#include "settings/mailbox.h"
#include "settings/pop3.h"
#include "settings/queue.h"
#include "settings/smtpd.h"
#include "settings/supervisor.h"
#include "settings/table.h"

namespace courier {

struct Snapshot {
  SupervisorSettings server;
  AuthSettings auth;
  FrontSettings front;
  EsmtpSettings esmtp;
  MailboxSettings mailbox;
  ImapSettings imap;
  Pop3Settings pop3;
  QueueSettings queue;
  SmtpdSettings smtpd;

  // In the order of the manual. Refers into this object.
  [[nodiscard]] SettingTables tables() {
    return {
        setting_table("server", "The instance: its name, folders, users, listeners and log.", server),
        setting_table("auth", "Sign-in, limits, and how addresses are read.", auth),
        setting_table("front", "IMAP and POP3 connections before sign-in.", front),
        setting_table("esmtp", "Mail to other hosts.", esmtp),
        setting_table("imap", "IMAP after sign-in.", imap),
        setting_table("pop3", "POP3 after sign-in.", pop3),
        setting_table("mailbox", "Local delivery, and the processes that own mail.", mailbox),
        setting_table("queue", "Keeping mail until it is delivered: retries, limits, reports.", queue),
        setting_table("smtpd", "Taking mail: ports 25, 587 and 465, and the local doors.", smtpd),
    };
  }
};

}  // namespace courier
