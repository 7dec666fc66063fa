// [mailbox] in courier.toml: local delivery and the processes that own mail. IMAP's own settings are in settings/imap.h.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "settings/imap.h"
#include "settings/pop3.h"
#include "settings/setting.h"

namespace courier {

struct MailboxSettings {
  std::string over_quota = "refuse";
  std::int64_t delivery_threads = 16;
  bool sync_together = true;
  std::int64_t work_threads = 2;
  std::string cache_dir;
  std::int64_t open_caches = 16;
  Duration idle_time = minutes(5);
  void visit(SettingVisitor& v);
};

// The slice that the process is started with: tables [mailbox], [imap] and [pop3], one after another (daemons/supervisor/roles.cc).
struct MailboxSlice {
  MailboxSettings mailbox;
  ImapSettings imap;
  Pop3Settings pop3;
  void visit(SettingVisitor& v) {
    mailbox.visit(v);
    imap.visit(v);
    pop3.visit(v);
  }
};

}  // namespace courier
