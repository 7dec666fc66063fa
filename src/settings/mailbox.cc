#include "settings/mailbox.h"

namespace courier {

namespace {

std::string check_folder(std::string_view value) {
  return value.empty() || value.starts_with('/') ? std::string() : "must be an absolute path";
}

}  // namespace

void MailboxSettings::visit(SettingVisitor& v) {
  v.text(
      {.key = "over_quota",
       .help = "What happens to mail for an account that is full: \"refuse\" tells the sender at once (552), \"defer\" tries again until "
               "the message expires. For providers whose users get warned and clean up.",
       .choices = {"refuse", "defer"}},
      over_quota);
  v.number({.key = "delivery_threads",
            .help = "Files written and synced at the same time in local delivery. More helps on disks that take many requests at once.",
            .unit = "threads",
            .min = 1,
            .max = 128,
            .restart = true},
           delivery_threads);
  v.flag(
      {.key = "sync_together",
       .help =
           "When many messages come at once, sync the file system they are delivered to as a whole (ext4, XFS, btrfs on Linux), instead of "
           "each file. It is left by itself for a while where other programs write so much that it takes long; turn it off where "
           "those must not be made to wait.",
       .restart = true},
      sync_together);
  v.number({.key = "work_threads",
            .help = "Threads that read and change mailboxes for IMAP and POP3 sessions. More on machines with many cores and slow disks.",
            .unit = "threads",
            .min = 1,
            .max = 128,
            .restart = true},
           work_threads);
  v.text({.key = "cache_dir",
          .help = "Where the caches of message structure lie, which may be deleted at any time; empty: in each maildir. For mailboxes on a "
                  "network file system: name a folder on a local disk. It is made when missing. The processes of system users get "
                  "folders of their own in it: where it is there already, everybody must be able to pass through it (mode 0711).",
          .restart = true,
          .root_only = true,
          .check = check_folder},
         cache_dir);
  v.number({.key = "open_caches",
            .help = "Caches kept open by one process, some 150 KB and three files each. More where many accounts are read at once.",
            .unit = "files",
            .min = 1,
            .max = 4096,
            .restart = true},
           open_caches);
  v.duration({.key = "idle_time",
              .help = "How long the process for the mail of a system user stays when nobody is signed in and no mail comes. Shorter where "
                      "many users share little memory. Those of virtual accounts always stay.",
              .min = 2,
              .max = 86400},
             idle_time);
}

}  // namespace courier
